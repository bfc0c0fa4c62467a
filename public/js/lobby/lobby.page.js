/** The lobby: come in under a name, one conversation, who is here. Without a name one only reads. */
import { createConversation } from '../messages/conversation.js';
import { mount } from '../messages/mount.js';
import { nameLink } from '../messages/person-name.js';
import { request } from '../net/api.js';
import { ask, connected } from '../net/ask.js';
import { keepJoined } from '../net/join.js';
import { readPage } from '../net/pages.js';
import { connect } from '../net/socket.js';
import { fromLobby } from '../../../shared/message-views.js';
import { initAttention } from '../ui/attention.js';
import { find, on, pageData, ready } from '../ui/dom.js';
import { initHeader } from '../ui/header.js';
import { initNotify } from '../ui/notify.js';
import { initLobbyPeople } from './lobby-people.js';
import { initNameForm } from './name-form.js';

/** @typedef {import('../net/errors.js').ApiError} ApiError */
/** @typedef {import('../../../schemas/lobby/contract.js').LobbyMessageView} LobbyMessageView */
/** @typedef {import('../../../shared/timeline.js').Message} Message */
/**
 * @typedef {{
 *   user: { id: string, name: string, online: boolean } | null, messages: Message[], more: boolean, rev: number, seq: number,
 *   limits: { chat: number, upload: number },
 * }} Data `seq`: of the newest message, also of one that the page does not show
 */

/** @type {Data} */
const data = pageData();
/** Under which name to join, '' for none. */
let name = data.user?.online ? data.user.name : '';

initHeader();
const socket = connect('/lobby', { batch: true });
const people = initLobbyPeople();
const attention = initAttention();
const notify = initNotify();
const screen = mount({
  socket,
  limits: data.limits,
  nameLink,
  people: people.here,
  actions: { path: (id) => `/lobby/messages/${id}`, field: 'chat' },
});
const form = initNameForm({
  enter: (wished) => void enter(wished),
  inside(isNew) {
    if (isNew) screen.focus();
    conversation.kick();
  },
});
const conversation = createConversation({
  key: 'lobby',
  screen,
  messages: data.messages,
  hasOlder: data.more,
  start: data.seq,
  rev: data.rev,
  toMessage: fromLobby,
  noted({ who, event }) {
    if (who && event !== 'renamed') conversation.moved(event === 'left' ? 'left' : 'joined', who);
  },
  async read(from) {
    /** @type {import('../net/pages.js').ChatsPage<LobbyMessageView>} */
    const { chats, ...page } = await readPage('/lobby/messages', from);
    return { messages: chats, ...page };
  },
  post: (body) => request('/lobby/messages', { method: 'POST', body }),
  pictures: '/lobby/gif',
  // Another tab has left, or the name was given away.
  postRefused: (code) => code === 'lobby_name_required' && form.show(code),
  arrived: (others) => attention.arrived(others.length),
  mentioned() {
    attention.mentioned();
    notify.tell('mention');
  },
});

/** @param {string} wished */
const join = (wished) =>
  ask(socket, 'join', { name: wished, after: conversation.after(), ...conversation.changesFrom(), batch: true });

/** @param {Awaited<ReturnType<typeof join>>} answer */
function joined(answer) {
  name = answer.user.name;
  conversation.takePage({ ...answer, messages: answer.missed });
  form.taken(name);
}

/** @param {string} wished */
async function enter(wished) {
  try {
    await connected(socket);
    joined(await join(wished));
  } catch (error) {
    form.show(/** @type {ApiError} */ (error).code);
  }
}

keepJoined(socket, {
  join: async () => (name ? join(name) : null),
  joined: (answer) => (answer ? joined(answer) : void conversation.catchUp()),
  refused(code) {
    form.show(code);
    void conversation.catchUp();
  },
  state: screen.state,
});
socket.on('messages', conversation.take);
socket.on('messageChanged', conversation.replaced);
socket.on('users', people.set);

on(find('[data-leave]', HTMLFormElement), 'submit', conversation.forgetPictures);

screen.show(conversation);
ready();
