/** The consultants' desk: puts the parts together. The server's word is what is drawn. */
import { mount } from '../messages/mount.js';
import { ask, connected } from '../net/ask.js';
import { connect } from '../net/socket.js';
import { need, on, pageData, ready, setText } from '../ui/dom.js';
import { initHeader } from '../ui/header.js';
import { notice } from '../ui/notice.js';
import { errorText, t } from '../ui/words.js';
import { initDeskAlert } from './desk-alert.js';
import { initDeskBar } from './desk-bar.js';
import { createDeskCases } from './desk-cases.js';
import { initDeskConnection } from './desk-connection.js';
import { createEnded } from './desk-ended.js';
import { initSignOut, sureToEnd } from './desk-leave.js';
import { initDeskLists } from './desk-lists.js';
import { createDeskQueue } from './desk-queue.js';
import { initDeskTools } from './desk-tools.js';
import { initDeskTransfer } from './desk-transfer.js';

/** @type {{ limits: { chat: number, upload: number } }} */
const { limits } = pageData();
let leaving = false;

initHeader();
const socket = connect('/consult');
const screen = mount({
  socket,
  limits,
  tellTyping(isOn) {
    const sessionId = cases.active()?.session.sessionId;
    if (sessionId) socket.emit('consult-typing', { sessionId, on: isOn });
  },
});
const cases = createDeskCases({
  socket,
  screen,
  changed: () => draw(),
  refused: (code) => code === 'forbidden' && connection.again(),
});
const bar = initDeskBar();
const lists = initDeskLists({ take: (id, button) => void take(id, button), open: (id) => void open(id) });
const queue = createDeskQueue({ lists, alert: initDeskAlert(), changed: showEmpty });
const ended = createEnded(socket, lists.showEnded);
const tools = initDeskTools({
  addNote: async (sessionId, note) => Boolean(await tried(() => ask(socket, 'add-note', { sessionId, note }))),
  saveReply: async (reply) => Boolean(await tried(() => ask(socket, 'save-reply', reply))),
  removeReply: (id) => void tried(() => ask(socket, 'remove-reply', id)),
  use(text) {
    tools.close();
    screen.insert(text);
  },
});
const connection = initDeskConnection(socket, {
  cases,
  queue,
  tools,
  readEnded: ended.read,
  typing: screen.typing,
  open,
  draw,
  refused: (code) => leaving || (code === 'forbidden' ? signedOut() : notice(errorText(code))),
  state: (isUp) => leaving || screen.state(isUp),
});
initDeskTransfer({
  colleagues: queue.consultants,
  transfer(to) {
    const sessionId = cases.active()?.session.sessionId;
    if (!sessionId) return;
    if (to) void tried(() => ask(socket, 'transfer-consult', { sessionId, to }));
    else void tried(() => ask(socket, 'return-consult', sessionId));
  },
});
initSignOut({
  isBusy: () => !leaving && cases.rows().some(({ state }) => state === 'taken'),
  leaving: (isLeaving) => (leaving = isLeaving),
});

/** The sign-in is over: nothing works here any more. */
function signedOut() {
  need('[data-over-dialog]', HTMLDialogElement).showModal();
}

/**
 * Do it, or say why not.
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<T | null>}
 */
async function tried(act) {
  try {
    await connected(socket);
    return await act();
  } catch (thrown) {
    const error = /** @type {import('../net/errors.js').ApiError} */ (thrown);
    if (error.code === 'forbidden' && !leaving) connection.again();
    notice(error.details?.message ?? errorText(error.code));
    return null;
  }
}

function showEmpty() {
  bar.showEmpty(queue.count() + cases.all().length > 0);
}

function draw() {
  const one = cases.active();
  lists.showMine(cases.rows());
  showEmpty();
  bar.show(one?.session);
  tools.showNotes(one?.session.sessionId ?? '', one?.notes ?? []);
}

/** @param {string} id */
async function open(id) {
  cases.show(id);
  // Before anything is waited for: who has begun a note meanwhile must not go on in what the visitor reads.
  screen.focusUnlessTouch();
  await cases.load(id);
  if (cases.active()?.session.sessionId !== id) return;
  draw();
  screen.toBottom();
}

/** @param {string} id @param {HTMLButtonElement} button */
async function take(id, button) {
  button.disabled = true;
  setText(button, t('desk.taking'));
  const answer = await tried(() => ask(socket, 'consultant-join', id));
  button.disabled = false;
  setText(button, t('desk.take'));
  if (!answer) return;
  cases.took(answer);
  queue.remove(id);
  await open(id);
}

on(need('[data-end]', HTMLButtonElement), 'click', async () => {
  const { sessionId, state } = cases.active()?.session ?? {};
  if (!sessionId) return;
  if (state === 'ended') cases.drop(sessionId);
  else if (await sureToEnd()) await tried(() => ask(socket, 'end-consult', sessionId));
});
on(need('[data-back]', HTMLButtonElement), 'click', () => {
  cases.show('');
  history.replaceState(null, '', location.pathname);
});
on(need('[data-mine]', HTMLElement), 'click', () => {
  const id = cases.active()?.session.sessionId;
  if (id) history.replaceState(null, '', `#${id}`);
});

draw();
ready();
