/** A visitor's consultation. Every state is the server's: the page asks again after each event and draws. */
import { createConversation } from '../messages/conversation.js';
import { mount } from '../messages/mount.js';
import { ask, connected } from '../net/ask.js';
import { keepJoined } from '../net/join.js';
import { connect } from '../net/socket.js';
import { asMessage, stepRows } from '../../../shared/consult-views.js';
import { initAttention } from '../ui/attention.js';
import { confirm } from '../ui/confirm.js';
import { base, me, on, pageData, ready } from '../ui/dom.js';
import { initHeader } from '../ui/header.js';
import { notice } from '../ui/notice.js';
import { errorText, t } from '../ui/words.js';
import { initCaseView } from './case-view.js';
import { forgetCode } from './consult-code.js';
import { initRating } from './rating.js';
import { initReturnCode } from './return-code.js';

/** @typedef {import('../../../schemas/consult/contract.js').SessionView} SessionView */
/** @typedef {import('../../../schemas/consult/contract.js').ConsultMessageView} ConsultMessageView */
/**
 * @typedef {{
 *   session: SessionView, messages: import('../../../shared/timeline.js').Message[], older: boolean,
 *   queue: import('../../../schemas/consult/contract.js').QueueView | null, limits: { chat: number, upload: number },
 * }} Data
 */

/** @type {Data} */
const data = pageData();
const id = data.session.sessionId;
/** Milliseconds during which a notice is read before its page goes. */
const NOTICE_MS = 4000;
let { session } = data;

initHeader();
const socket = connect('/consult', { as: 'visitor' });
const view = initCaseView();
const attention = initAttention();
const screen = mount({
  socket,
  limits: data.limits,
  tellTyping: (isOn) => session.state === 'taken' && socket.emit('consult-typing', { sessionId: id, on: isOn }),
});
const conversation = createConversation({
  key: id,
  screen,
  messages: data.messages,
  hasOlder: data.older,
  toMessage: (/** @type {ConsultMessageView} */ message) => asMessage(message, me.id),
  read,
  post: async ({ chat, clientId }) =>
    (await ask(socket, 'send-message', { sessionId: id, message: chat, clientId })).message,
  pictures: `/chat/consult/${id}/gif?as=visitor`,
  postRefused: () => refresh(),
  arrived: (others) => attention.arrived(others.length),
});

/**
 * Read messages, and where things stand with them.
 * @param {import('../messages/conversation.js').From} from
 */
async function read(from) {
  const answer = await ask(socket, 'resume-consult', { sessionId: id, ...from });
  if (answer.session?.sessionId !== id) {
    // Another consultation began in this browser: its messages are none of this one's.
    location.reload();
    return { messages: [], more: false };
  }
  if (from.before !== undefined) return { messages: answer.messages, more: answer.older };
  view.showQueue(answer.queue);
  show(answer.session);
  return { messages: answer.messages, more: answer.more, seq: answer.session.seq };
}

/** Something happened: read what, and where things stand. */
const refresh = () => void conversation.catchUp();

/** @param {SessionView} now */
function show(now) {
  const isOther = now.state !== session.state || now.consultant?.id !== session.consultant?.id;
  session = now;
  if (now.state === 'ended') conversation.forgetPictures();
  view.show(now, isOther);
  conversation.log.setSteps(stepRows(now, t, 'consult'));
  conversation.changed();
  if (isOther) attention.arrived(1);
}

keepJoined(socket, {
  join: () => Promise.resolve(),
  joined() {
    conversation.kick();
    refresh();
  },
  refused: () => undefined,
  state: screen.state,
});
socket.on('receive-message', (message) => message.sessionId === id && conversation.take([message]));
socket.on('queue', view.showQueue);
socket.on('consultant-connected', refresh);
socket.on('consult-transferred', refresh);
socket.on('consult-returned', refresh);
socket.on('consult-ended', refresh);
socket.on('consult-moved', () => {
  forgetCode(id);
  notice(t('consult.moved'));
  socket.disconnect();
  setTimeout(() => location.assign(`${base}/chat/consult`), NOTICE_MS);
});
socket.on('consult-typing', ({ on: isOn }) => session.consultant && screen.typing(session.consultant, isOn));
socket.on('session-created', (created) => created !== id && location.reload());

on(view.end, 'click', async () => {
  const key = session.state === 'waiting' ? 'leave' : 'end';
  const sure = await confirm({
    title: t(`consult.${key}_title`),
    text: t(`consult.${key}_text`),
    yes: t(key === 'leave' ? 'consult.cancel' : 'consult.end_yes'),
    no: t('consult.end_no'),
  });
  if (!sure) return;
  try {
    await connected(socket);
    await ask(socket, 'end-consult', id);
  } catch (error) {
    notice(errorText(/** @type {import('../net/errors.js').ApiError} */ (error).code));
  }
  refresh();
});

initRating(id);
initReturnCode(id);
view.showQueue(data.queue);
conversation.log.setSteps(stepRows(session, t, 'consult'));
screen.show(conversation);
view.end.hidden = session.state === 'ended';
ready();
