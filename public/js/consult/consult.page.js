/** A visitor's consultation: waiting, in conversation, over. Every state is the server's; the page asks again and draws. */
import { initAttach } from '../pictures/attach.js';
import { initAttention } from '../ui/attention.js';
import { initComposer } from '../messages/composer.js';
import { confirm } from '../ui/confirm.js';
import { initConnection } from '../ui/connection.js';
import { createConversation } from '../messages/conversation.js';
import { initHeader } from '../ui/header.js';
import { initLightbox } from '../pictures/lightbox.js';
import { initLogView } from '../messages/log-view.js';
import { notice } from '../ui/notice.js';
import { initOlder } from '../messages/older.js';
import { initRating } from './rating.js';
import { initReturnCode } from './return-code.js';
import { initTyping } from '../messages/typing.js';
import { initViewport } from '../ui/viewport.js';
import { forgetCode } from './consult-code.js';
import { asMessage, queueText, stepRows } from '../../../shared/consult-views.js';
import { base, faceNode, icon, me, need, on, pageData, ready, setText } from '../ui/dom.js';
import { ask } from '../net/ask.js';
import { connect, wakeUp } from '../net/socket.js';
import { errorText, t } from '../ui/words.js';

/** @typedef {import('../../../schemas/consult/contract.js').SessionView} SessionView */
/** @typedef {import('../../../schemas/consult/contract.js').QueueView} QueueView */
/** @typedef {import('../../../schemas/consult/contract.js').ConsultMessageView} Said */
/** @typedef {import('../../../schemas/consult/contract.js').ResumeAnswer} ResumeAnswer */
/** @typedef {import('../../../vendor/socket.io.js').Socket<import('../../../schemas/consult/contract.js').ConsultServerEvents, import('../../../schemas/consult/contract.js').ConsultClientEvents>} Socket */
/** @type {{ session: SessionView, messages: import('../../../shared/timeline.js').Message[], older: boolean, queue: QueueView | null, limits: { chat: number, upload: number } }} */
const data = pageData();
const id = data.session.sessionId;
/** Milliseconds until the server is asked again where things stand. */
const AGAIN_MS = 2000;
let session = data.session;
/** @param {Said} said */
const own = (said) => asMessage(said, me.id);

initHeader();
const main = need('#main', HTMLElement);
const wait = need('[data-wait]', HTMLElement);
const live = need('[data-live]', HTMLElement);
const over = need('[data-over]', HTMLElement);
const end = need('[data-end]', HTMLButtonElement);

/** @type {Socket} */
const socket = connect('/consult', { as: 'visitor' });
const view = initLogView({ shiftOf: () => 0, onBottom: () => conversation.sawAll() });
const conversation = createConversation({
  room: id,
  messages: data.messages,
  draw: view.draw,
  atBottom: view.atBottom,
  forgot: () => older.reopen(),
  over: () => void refresh(),
  async before(seq) {
    /** @type {ResumeAnswer} */
    const page = await ask(socket, 'resume-consult', { sessionId: id, before: seq });
    return { chats: page.messages.map(own), more: page.older };
  },
  async post({ chat, clientId }) {
    /** @type {{ message: Said }} */
    const { message } = await ask(socket, 'send-message', { sessionId: id, message: chat, clientId });
    return own(message);
  },
});
const older = initOlder(view.log, { more: data.older, load: conversation.loadOlder });
const attention = initAttention();
const connection = initConnection({ wake: (sure) => wakeUp(socket, sure) });
const typing = initTyping({ tell: (isOn) => socket.emit('consult-typing', { sessionId: id, on: isOn }) });

/** @param {QueueView | null} queue */
function showQueue(queue) {
  const words = queueText(queue, t);
  setText(need('[data-wait-title]', HTMLElement, wait), words.title);
  setText(need('[data-wait-place]', HTMLElement, wait), words.place);
  setText(need('[data-wait-estimate]', HTMLElement, wait), words.estimate);
}

/** @param {SessionView} now */
function show(now) {
  const changed = now.state !== session.state || now.consultant?.id !== session.consultant?.id;
  session = now;
  main.dataset.state = now.state;
  wait.hidden = now.state !== 'waiting';
  live.hidden = end.hidden = now.state === 'ended';
  over.hidden = now.state !== 'ended';
  setText(need('[data-end-text]', HTMLElement, end), t(now.state === 'waiting' ? 'consult.cancel' : 'consult.end'));
  const sub = now.state === 'taken' ? 'with_sub' : now.state === 'waiting' ? 'waiting_sub' : 'ended_sub';
  setText(need('[data-sub]', HTMLElement), t(`consult.${sub}`));
  const { consultant } = now;
  setText(
    need('[data-with]', HTMLElement),
    consultant ? t('consult.with', { name: consultant.name }) : t('consult.title'),
  );
  if (changed)
    need('[data-face]', HTMLElement).replaceChildren(consultant ? faceNode(consultant, 40) : icon('headset'));
  if (now.endedBy) setText(need('[data-over-by]', HTMLElement, over), t(`consult.ended_by_${now.endedBy}`));
  conversation.log.setSteps(stepRows(now, t, 'consult'));
  conversation.changed();
  if (changed) attention.arrived(1);
}

let again = 0;

/** Ask for what was missed, and where things stand. */
async function refresh() {
  clearTimeout(again);
  try {
    /** @type {ResumeAnswer} */
    const answer = await ask(socket, 'resume-consult', { sessionId: id, after: conversation.log.whole() });
    if (answer.session?.sessionId !== id) return location.reload();
    arrived(answer.messages);
    if (answer.more) return void refresh();
    conversation.log.readUpTo(answer.session.seq);
    showQueue(answer.queue);
    show(answer.session);
  } catch {
    // A line that is down asks anew when it is back; a server that was late or busy is asked again.
    if (socket.connected) again = window.setTimeout(() => void refresh(), AGAIN_MS);
  }
}

/** @param {Said[]} said */
function arrived(said) {
  const others = conversation.add(said.map(own));
  for (const message of others) typing.show({ id: message.author.id, color: message.user, name: '' }, false);
  attention.arrived(others.length);
  if (conversation.log.gap() !== null && said.length === 1) void refresh();
}

socket.on('connect', () => {
  connection.back();
  conversation.kick();
  void refresh();
});
socket.on('disconnect', () => connection.lost());
socket.on('connect_error', () => connection.lost());
socket.on('receive-message', (said) => said.sessionId === id && arrived([said]));
socket.on('queue', showQueue);
socket.on('consultant-connected', () => void refresh());
socket.on('consult-transferred', () => void refresh());
socket.on('consult-returned', () => void refresh());
socket.on('consult-ended', () => void refresh());
socket.on('consult-moved', () => {
  forgetCode(id);
  notice(t('consult.moved'));
  socket.disconnect();
  setTimeout(() => location.assign(`${base}/chat/consult`), 4000);
});
socket.on('consult-typing', ({ on: isOn }) => session.consultant && typing.show(session.consultant, isOn));
socket.on('session-created', (created) => created !== id && location.reload());

const attach = initAttach({
  room: id,
  path: () => `/chat/consult/${id}/gif?as=visitor`,
  limit: data.limits.upload,
  posted(message) {
    view.toBottom();
    arrived([/** @type {Said} */ (/** @type {unknown} */ (message))]);
  },
  ready: () => composer.focus(),
});
const composer = initComposer({
  room: id,
  limit: data.limits.chat,
  send(text) {
    const sentPicture = attach.send();
    const sentText = conversation.say(text);
    if (sentText) view.toBottom();
    typing.stopped();
    return sentPicture || sentText;
  },
  recallLast: conversation.recallLast,
  wrote: (hasText) => session.state === 'taken' && typing.wrote(hasText),
});

on(end, 'click', async () => {
  const key = session.state === 'waiting' ? 'leave' : 'end';
  const sure = await confirm({
    title: t(`consult.${key}_title`),
    text: t(`consult.${key}_text`),
    yes: t(key === 'leave' ? 'consult.cancel' : 'consult.end_yes'),
    no: t('consult.end_no'),
  });
  if (!sure) return;
  try {
    await ask(socket, 'end-consult', id);
  } catch (error) {
    notice(errorText(/** @type {import('../net/api.js').ApiError} */ (error).code));
  }
  await refresh();
});
on(view.log, 'click', ({ target }) => {
  const button = target instanceof Element ? target.closest('[data-retry], [data-discard]') : null;
  if (!(button instanceof HTMLElement)) return;
  if (button.dataset.retry) conversation.retry(button.dataset.retry);
  if (button.dataset.discard) conversation.discard(button.dataset.discard);
});

initRating(id);
initReturnCode(id);
initLightbox(view.log);
initViewport();
showQueue(data.queue);
conversation.log.setSteps(stepRows(session, t, 'consult'));
conversation.changed({ quietly: true });
end.hidden = session.state === 'ended';
on(window, 'pagehide', (event) => event.persisted && socket.disconnect());
on(window, 'pageshow', (event) => event.persisted && location.reload());
ready();
