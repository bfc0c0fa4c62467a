/** The consultants' desk: lists, the conversations one has, notes and ready replies. The server's word is what is drawn. */
import { initAttach } from '../pictures/attach.js';
import { initComposer } from '../messages/composer.js';
import { confirm } from '../ui/confirm.js';
import { initConnection } from '../ui/connection.js';
import { initDeskAlert } from './desk-alert.js';
import { createDeskCases } from './desk-cases.js';
import { initDeskLists, isLate } from './desk-lists.js';
import { initDeskTools } from './desk-tools.js';
import { initHeader } from '../ui/header.js';
import { initLightbox } from '../pictures/lightbox.js';
import { initLogView } from '../messages/log-view.js';
import { notice } from '../ui/notice.js';
import { initOlder } from '../messages/older.js';
import { initTyping } from '../messages/typing.js';
import { initViewport } from '../ui/viewport.js';
import { lengthText } from '../../../shared/consult-views.js';
import { faceNode, h, me, need, on, pageData, ready, setText } from '../ui/dom.js';
import { ask } from '../net/ask.js';
import { connect, wakeUp } from '../net/socket.js';
import { errorText, t } from '../ui/words.js';

/** @typedef {import('../net/api.js').ApiError} ApiError */
/** @typedef {import('../../../schemas/consult/contract.js').DeskAnswer} DeskAnswer */
/** @typedef {import('../../../schemas/consult/contract.js').DeskView} DeskView */
/** @typedef {import('../../../schemas/consult/contract.js').WaitingView} WaitingView */
/** @typedef {import('../../../schemas/consult/contract.js').OpenAnswer} OpenAnswer */
/** @typedef {import('../../../schemas/consult/contract.js').EndedView} EndedView */
/** @typedef {import('../../../vendor/socket.io.js').Socket<import('../../../schemas/consult/contract.js').ConsultServerEvents, import('../../../schemas/consult/contract.js').ConsultClientEvents>} Socket */
/** @type {{ limits: { chat: number, upload: number } }} */
const { limits } = pageData();
const page = need('#main', HTMLElement);
const bar = need('[data-bar]', HTMLElement);
const live = need('[data-live]', HTMLElement);
const due = need('[data-due]', HTMLElement);
const rows = need('[data-rows]', HTMLElement);
/** Milliseconds between two signs of life while hands are on the keyboard. */
const HERE_MS = 60_000;
/** Milliseconds until the server, late or busy, is asked again where things stand. */
const AGAIN_MS = 2000;
/** @type {WaitingView[]} */
let waiting = [];
/** @type {DeskView} */
let desk = { waiting: 0, consultants: [] };
let leaving = false;
let again = 0;

initHeader();
/** @type {Socket} */
const socket = connect('/consult');
const view = initLogView({ shiftOf: () => 0, onBottom: () => undefined });
const cases = createDeskCases({ socket, view, changed: () => draw(), older: (hasMore) => older.offer(hasMore) });
const older = initOlder(view.log, {
  more: false,
  async load() {
    const one = cases.active();
    await one?.conversation.loadOlder();
    return cases.active()?.older ?? false;
  },
});
const lists = initDeskLists({ take: (id, button) => void take(id, button), open: (id) => void open(id) });
const alert = initDeskAlert();
const connection = initConnection({ wake: (sure) => wakeUp(socket, sure) });
const typing = initTyping({
  tell(isOn) {
    const one = cases.active();
    if (one) socket.emit('consult-typing', { sessionId: one.session.sessionId, on: isOn });
  },
});

/**
 * Do it, or say why not.
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<T | null>}
 */
async function tried(act) {
  try {
    return await act();
  } catch (thrown) {
    const error = /** @type {ApiError} */ (thrown);
    if (error.code === 'forbidden' && !leaving) void resume();
    notice(error.details?.message ?? errorText(error.code));
    return null;
  }
}

/** What to do when no conversation is open: choose one, or rest while nobody waits. */
function sayEmpty() {
  const kind = waiting.length || cases.rows().length ? 'empty' : 'calm';
  setText(need('[data-empty-title]', HTMLElement), t(`desk.${kind}_title`));
  setText(need('[data-empty-text]', HTMLElement), t(`desk.${kind}_text`));
}

function draw() {
  lists.showMine(cases.rows());
  sayEmpty();
  const one = cases.active();
  page.classList.toggle('has-case', Boolean(one));
  need('[data-empty]', HTMLElement).hidden = Boolean(one);
  bar.hidden = !one;
  live.hidden = one?.session.state !== 'taken';
  tools.showNotes(one?.session.sessionId ?? '', one?.notes ?? []);
  if (!one) {
    rows.replaceChildren();
    sayDue();
    return;
  }
  const { visitor, topic, state, away } = one.session;
  setText(need('[data-name]', HTMLElement, bar), visitor.name);
  const sub = state === 'ended' ? t('desk.ended_case') : away ? t('desk.visitor_left') : topic || t('desk.no_topic');
  setText(need('[data-sub]', HTMLElement, bar), sub);
  need('[data-face]', HTMLElement, bar).replaceChildren(faceNode(visitor, 40));
  need('[data-transfer]', HTMLButtonElement, bar).hidden = state !== 'taken';
  setText(need('[data-end] span', HTMLElement, bar), t(state === 'ended' ? 'desk.close_case' : 'consult.end_yes'));
  sayDue();
}

/** Which cases are late, and how late the one that is open was said to be: each is told once. */
let lateOnes = '';
let dueSaid = '';

/** How long the visitor may have to wait for an answer, once it is getting late. */
function sayDue() {
  const answerDue = cases.active()?.session.answerDue;
  const left = answerDue ? Date.parse(answerDue) - Date.now() : Infinity;
  due.hidden = left > 120_000;
  const words = left > 0 ? t('desk.answer_due', { time: lengthText(left, t) }) : t('desk.answer_late');
  if (!due.hidden) setText(due, words);
  const said = due.hidden ? '' : `${answerDue} ${left > 0}`;
  if (said !== dueSaid) setText(need('[data-due-said]', HTMLElement), due.hidden ? '' : words);
  dueSaid = said;
  const late = cases.rows().filter(isLate);
  const ones = late.map(({ sessionId }) => sessionId).join();
  if (ones !== lateOnes) lists.showMine(cases.rows());
  lateOnes = ones;
}
setInterval(sayDue, 1000);

/** @param {WaitingView[]} list */
function showWaiting(list) {
  waiting = list;
  lists.showWaiting(list);
  sayEmpty();
  alert.waiting(list.filter(({ away }) => !away).length);
}
/** @param {DeskView} now */
function showDesk(now) {
  desk = now;
  lists.showDesk(now, waiting.length);
}

/** @param {string} id */
async function open(id) {
  rows.replaceChildren();
  cases.show(id);
  attach.leave();
  composer.load(id);
  await tried(() => cases.load(id));
  draw();
  view.toBottom();
  if (matchMedia('(hover: hover)').matches) composer.focus();
}

/** @param {string} id @param {HTMLButtonElement} button */
async function take(id, button) {
  button.disabled = true;
  setText(button, t('desk.taking'));
  /** @type {OpenAnswer | null} */
  const answer = await tried(() => ask(socket, 'consultant-join', id));
  button.disabled = false;
  setText(button, t('desk.take'));
  if (!answer) return;
  cases.took(answer);
  showWaiting(waiting.filter((row) => row.sessionId !== id));
  await open(id);
}

/** After a reload, a dropped line, or anything that may have been missed. */
async function resume() {
  clearTimeout(again);
  try {
    /** @type {DeskAnswer} */
    const answer = await ask(socket, 'resume-desk', null);
    showWaiting(answer.waiting);
    showDesk(answer.desk);
    tools.showReplies(answer.replies);
    const mine = new Set(answer.mine.map(({ sessionId }) => sessionId));
    for (const session of answer.mine) cases.hold(session);
    for (const { session } of cases.all()) {
      if (!mine.has(session.sessionId) && session.state === 'taken') cases.drop(session.sessionId);
    }
    for (const id of mine) await cases.load(id);
    for (const { conversation } of cases.all()) conversation.kick();
    const last = location.hash.slice(1);
    if (!cases.active() && mine.has(last)) await open(last);
    draw();
    await listEnded();
  } catch (thrown) {
    if (/** @type {ApiError} */ (thrown).code === 'forbidden')
      need('[data-over-dialog]', HTMLDialogElement).showModal();
    else if (socket.connected) again = window.setTimeout(() => void resume(), AGAIN_MS);
  }
}

let listing = false;
let endedAgain = false;

/** What ended today. Asked for again while it is being asked for: once more after that. */
async function listEnded() {
  endedAgain = listing;
  if (listing) return;
  listing = true;
  try {
    await askEnded();
  } finally {
    listing = false;
    if (endedAgain) void listEnded().catch(() => undefined);
  }
}

async function askEnded() {
  /** @type {{ ended: EndedView[] }} */
  const { ended } = await ask(socket, 'list-ended', { since: new Date().setHours(0, 0, 0, 0) });
  lists.showEnded(ended);
}

/** @param {string} id @param {string} words */
function gone(id, words) {
  if (!cases.get(id)) return;
  notice(words);
  cases.drop(id);
  draw();
}

socket.on('connect', () => {
  connection.back();
  void resume();
});
socket.on('disconnect', (reason) => {
  if (leaving) return;
  connection.lost();
  // After being sent away nobody tries again by itself; whether the sign-in is over is what the next line says.
  if (reason === 'io server disconnect') setTimeout(() => leaving || socket.connect(), AGAIN_MS);
});
socket.on('connect_error', () => connection.lost());
socket.on('sessions-updated', showWaiting);
socket.on('waiting-sessions', showWaiting);
socket.on('desk', showDesk);
socket.on('replies-updated', (list) => tools.showReplies(list));
socket.on('ended-updated', () => void listEnded().catch(() => undefined));
socket.on('receive-message', (said) => {
  const visitor = cases.get(said.sessionId)?.session.visitor;
  if (visitor) typing.show(visitor, false);
  cases.heard(said);
});
socket.on('session-updated', (session) => {
  if (session.consultant?.id !== me.id) return;
  const fresh = !cases.get(session.sessionId);
  cases.hold(session).conversation.changed();
  draw();
  if (fresh) void cases.load(session.sessionId).then(draw, () => undefined);
});
socket.on('note-added', (note) => {
  const one = cases.get(note.sessionId);
  if (one && !one.notes.some(({ _id }) => _id === note._id)) one.notes = [...one.notes, note];
  draw();
});
socket.on('consult-returned', ({ sessionId, why }) => gone(sessionId, t(`desk.gone_${why}`)));
socket.on('consult-transferred', ({ sessionId, consultant }) => {
  if (consultant.id !== me.id) gone(sessionId, t('desk.gone_transferred', { name: consultant.name }));
  else notice(t('desk.arrived_transferred'));
});
socket.on('consult-typing', ({ sessionId, on: isOn }) => {
  const one = cases.active();
  if (one?.session.sessionId === sessionId) typing.show(one.session.visitor, isOn);
});

const tools = initDeskTools({
  addNote: async (sessionId, note) => Boolean(await tried(() => ask(socket, 'add-note', { sessionId, note }))),
  saveReply: async (reply) => Boolean(await tried(() => ask(socket, 'save-reply', reply))),
  removeReply: (id) => void tried(() => ask(socket, 'remove-reply', id)),
  use(text) {
    tools.close();
    composer.insert(text);
  },
});

const attach = initAttach({
  room: 'desk',
  path: () => `/chat/consult/${cases.active()?.session.sessionId ?? ''}/gif`,
  limit: limits.upload,
  posted(message) {
    cases.heard(
      /** @type {import('../../../schemas/consult/contract.js').ConsultMessageView} */ (
        /** @type {unknown} */ (message)
      ),
    );
    view.toBottom();
  },
  ready: () => composer.focus(),
});

/** One composer for whichever conversation is open; each keeps its own draft. */
const composer = (() => {
  /** @type {ReturnType<typeof initComposer> | null} */
  let own = null;
  const box = need('[data-text]', HTMLTextAreaElement);
  return {
    /** @param {string} id */
    load(id) {
      own?.stop();
      box.value = '';
      own = initComposer({
        room: id,
        limit: limits.chat,
        send(text) {
          const sentPicture = attach.send();
          const sentText = cases.get(id)?.conversation.say(text) ?? false;
          if (sentText) view.toBottom();
          typing.stopped();
          return sentPicture || sentText;
        },
        recallLast: () => cases.get(id)?.conversation.recallLast(),
        wrote: typing.wrote,
      });
    },
    focus: () => box.focus(),
    /** @param {string} text */
    insert(text) {
      box.focus();
      box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end');
      box.dispatchEvent(new Event('input', { bubbles: true }));
    },
  };
})();

on(need('[data-end]', HTMLButtonElement), 'click', async () => {
  const one = cases.active();
  if (!one) return;
  const id = one.session.sessionId;
  if (one.session.state === 'ended') return void (cases.drop(id), draw());
  const sure = await confirm({
    title: t('consult.end_title'),
    text: t('consult.end_text'),
    yes: t('consult.end_yes'),
    no: t('consult.end_no'),
  });
  if (sure) await tried(() => ask(socket, 'end-consult', id));
});

const transfer = need('[data-transfer-dialog]', HTMLDialogElement);
on(need('[data-transfer]', HTMLButtonElement), 'click', () => {
  const others = desk.consultants.filter(({ id, away }) => id !== me.id && !away);
  need('[data-transfer-none]', HTMLElement, transfer).hidden = others.length > 0;
  need('[data-transfer-list]', HTMLElement, transfer).replaceChildren(
    ...others.map((other) =>
      h(
        'li',
        {},
        h(
          'button',
          { class: 'button', type: 'button', 'data-to': other.id },
          faceNode(other, 28),
          h('span', {}, other.name),
          h('span', { class: 'hint' }, t('desk.cases', { count: other.cases })),
        ),
      ),
    ),
  );
  transfer.showModal();
});
on(transfer, 'click', async ({ target }) => {
  const button = target instanceof Element ? target.closest('[data-to], [data-transfer-queue]') : null;
  const sessionId = cases.active()?.session.sessionId;
  if (!(button instanceof HTMLElement) || !sessionId) return;
  transfer.close();
  const { to } = button.dataset;
  await tried(() =>
    to ? ask(socket, 'transfer-consult', { sessionId, to }) : ask(socket, 'return-consult', sessionId),
  );
});

on(need('[data-back]', HTMLButtonElement), 'click', () => {
  cases.show('');
  attach.leave();
  history.replaceState(null, '', location.pathname);
  draw();
});
on(need('[data-mine]', HTMLElement), 'click', () => {
  const id = cases.active()?.session.sessionId;
  if (id) history.replaceState(null, '', `#${id}`);
});
on(need('[data-sign-out]', HTMLFormElement), 'submit', async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.currentTarget);
  const busy = cases.rows().some(({ state }) => state === 'taken');
  if (!busy || leaving) return void (leaving = true);
  event.preventDefault();
  const sure = await confirm({
    title: t('desk.sign_out_title'),
    text: t('desk.sign_out_text'),
    yes: t('desk.sign_out_yes'),
    no: t('desk.sign_out_no'),
  });
  leaving = sure;
  if (sure) form.submit();
});
on(view.log, 'click', ({ target }) => {
  const button = target instanceof Element ? target.closest('[data-retry], [data-discard]') : null;
  const one = cases.active();
  if (!(button instanceof HTMLElement) || !one) return;
  if (button.dataset.retry) one.conversation.retry(button.dataset.retry);
  if (button.dataset.discard) one.conversation.discard(button.dataset.discard);
});

let seenAt = Date.now();
on(document, 'pointerdown keydown', () => {
  if (Date.now() - seenAt < HERE_MS) return;
  seenAt = Date.now();
  socket.emit('still-here');
});
on(document, 'visibilitychange', () => {
  const one = cases.active();
  if (!document.hidden && one) {
    one.unread = 0;
    draw();
  }
});
on(window, 'pagehide', (event) => event.persisted && socket.disconnect());
on(window, 'pageshow', (event) => event.persisted && location.reload());

initLightbox(view.log);
initViewport();
draw();
ready();
