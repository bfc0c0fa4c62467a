// Type-checked and never run: what the contract does not have must not compile in the browser's code.
import { ask } from '../public/js/net/ask.js';
import { connect } from '../public/js/net/socket.js';

const chat = connect('/chat');
const consult = connect('/consult');

/** Each question, with the answer that the contract gives it. */
export const answers = async () => ({
  seq: (await ask(chat, 'join', { room: 'an id', after: 3 })).seq,
  name: (await ask(connect('/lobby'), 'join', 'a name')).user.name,
  waiting: (await ask(consult, 'resume-desk')).waiting.length,
  ended: (await ask(consult, 'list-ended', { since: 0 })).ended[0]?.topic,
});

export const refused = [
  // @ts-expect-error no such namespace
  () => connect('/chats'),
  // @ts-expect-error no such event
  () => ask(chat, 'joni', 'an id'),
  // @ts-expect-error an event of another namespace
  () => ask(chat, 'resume-desk'),
  // @ts-expect-error another payload
  () => ask(chat, 'join', { rooms: 'an id' }),
  // @ts-expect-error no payload
  () => ask(consult, 'open-consult'),
  // @ts-expect-error a payload too many
  () => ask(consult, 'resume-desk', null),
  // @ts-expect-error an event without an acknowledgement
  () => ask(chat, 'typing', true),
  // @ts-expect-error an answer without this field
  async () => (await ask(chat, 'join', 'an id')).room.name,
  // @ts-expect-error no such event
  () => chat.emit('types', true),
  // @ts-expect-error another payload
  () => chat.emit('typing', 'yes'),
  // @ts-expect-error no such event of the server's
  () => chat.on('chatter', () => undefined),
];
