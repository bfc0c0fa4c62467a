/** What the server tells the desk, and what is read after a reload or a lost connection. */
import { ask } from '../net/ask.js';
import { keepJoined } from '../net/join.js';
import { me, on } from '../ui/dom.js';
import { notice } from '../ui/notice.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../schemas/consult/contract.js').DeskAnswer} DeskAnswer */

/** Milliseconds between two signs of life while somebody uses the page. */
const HERE_MS = 60_000;

/**
 * @param {import('../net/socket.js').SocketOf<'/consult'>} socket
 * @param {{
 *   cases: ReturnType<typeof import('./desk-cases.js').createDeskCases>,
 *   queue: ReturnType<typeof import('./desk-queue.js').createDeskQueue>,
 *   tools: Pick<ReturnType<typeof import('./desk-tools.js').initDeskTools>, 'showReplies'>,
 *   readEnded: () => void,
 *   typing: (who: import('../../../schemas/people/contract.js').Person, isOn: boolean) => void,
 *   open: (id: string) => Promise<void>, draw: () => void,
 *   refused: (code: string) => void, state: (isUp: boolean) => void,
 * }} parts
 */
export function initDeskConnection(socket, parts) {
  const { cases, queue, tools, readEnded, typing, open, draw, refused, state } = parts;
  const joined = keepJoined(socket, {
    join: () => ask(socket, 'resume-desk'),
    joined: (answer) => void resumed(answer),
    refused,
    state,
  });

  /** @param {DeskAnswer} answer */
  async function resumed(answer) {
    queue.setWaiting(answer.waiting);
    queue.setDesk(answer.desk);
    tools.showReplies(answer.replies);
    const mine = new Set(answer.mine.map(({ sessionId }) => sessionId));
    for (const session of answer.mine) cases.put(session);
    for (const { session } of cases.all()) {
      if (!mine.has(session.sessionId) && session.state === 'taken') cases.drop(session.sessionId);
    }
    for (const id of mine) await cases.load(id);
    for (const { conversation } of cases.all()) conversation.kick();
    const last = location.hash.slice(1);
    if (!cases.active() && mine.has(last)) await open(last);
    draw();
    readEnded();
    document.documentElement.dataset.joined = 'desk';
  }

  /** @param {string} id @param {string} words */
  function gone(id, words) {
    if (!cases.get(id)) return;
    notice(words);
    cases.drop(id);
  }

  socket.on('sessions-updated', queue.setWaiting);
  socket.on('waiting-sessions', queue.setWaiting);
  socket.on('desk', queue.setDesk);
  socket.on('replies-updated', tools.showReplies);
  socket.on('ended-updated', readEnded);
  socket.on('receive-message', (message) => cases.get(message.sessionId)?.conversation.take([message]));
  socket.on('session-updated', (session) => {
    if (session.consultant?.id !== me.id) return;
    const isNew = !cases.get(session.sessionId);
    cases.put(session);
    draw();
    if (isNew) void cases.load(session.sessionId);
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
    const session = cases.active()?.session;
    if (session?.sessionId === sessionId) typing(session.visitor, isOn);
  });

  let seenAt = Date.now();
  on(document, 'pointerdown keydown', () => {
    if (Date.now() - seenAt < HERE_MS) return;
    seenAt = Date.now();
    socket.emit('still-here');
  });
  return joined;
}
