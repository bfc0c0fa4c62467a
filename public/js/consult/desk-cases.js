/**
 * The consultations that this consultant has: one conversation each, whichever is looked at, so that what was written
 * in one is sent although another is open.
 */
import { createConversation } from '../messages/conversation.js';
import { ask } from '../net/ask.js';
import { asMessage, stepRows } from '../../../shared/consult-views.js';
import { on } from '../ui/dom.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../schemas/consult/contract.js').DeskSessionView} DeskSessionView */
/** @typedef {import('../../../schemas/consult/contract.js').ConsultMessageView} ConsultMessageView */
/** @typedef {import('../../../schemas/consult/contract.js').NoteView} NoteView */
/** @typedef {import('../../../schemas/consult/contract.js').OpenAnswer} OpenAnswer */
/** @typedef {import('../messages/conversation.js').Conversation} Conversation */
/** @typedef {{ session: DeskSessionView, conversation: Conversation, notes: NoteView[], unread: number }} DeskCase */
/** @typedef {DeskSessionView & { unread: number, active: boolean }} DeskRow */

/** @param {OpenAnswer} answer */
const pageOf = ({ messages, more, older, session }) => ({ messages, more, older, seq: session.seq });

/**
 * @param {{
 *   socket: import('../net/socket.js').SocketOf<'/consult'>,
 *   screen: import('../messages/mount.js').Screen & { show: (conversation: Conversation | null) => void },
 *   changed: () => void,
 *   refused: (code: string) => void,
 * }} parts `changed`: what the lists and the open case say; `refused`: a case could not be read
 */
export function createDeskCases({ socket, screen, changed, refused }) {
  /** @type {Map<string, DeskCase>} */
  const cases = new Map();
  let active = '';

  /** @param {string} id */
  function conversationOf(id) {
    return createConversation({
      key: id,
      screen,
      start: null,
      toMessage: (/** @type {ConsultMessageView} */ message) => asMessage(message),
      async read(from) {
        const answer = await ask(socket, 'open-consult', { sessionId: id, ...from });
        if (from.before !== undefined) return { messages: answer.messages, more: answer.older };
        update(answer);
        return pageOf(answer);
      },
      post: async ({ chat, clientId }) =>
        (await ask(socket, 'send-message', { sessionId: id, message: chat, clientId })).message,
      pictures: `/chat/consult/${id}/gif`,
      // A desk's browser may be several people's.
      keepsPictures: false,
      readRefused: refused,
      arrived(others) {
        const one = cases.get(id);
        if (one && (active !== id || document.hidden)) one.unread += others.length;
        changed();
      },
    });
  }

  /** Have a case, or what it is now. @param {DeskSessionView} session */
  function put(session) {
    const id = session.sessionId;
    const one = cases.get(id) ?? { session, conversation: conversationOf(id), notes: [], unread: 0 };
    one.session = session;
    one.conversation.log.setSteps(stepRows(session, t, 'desk'));
    one.conversation.changed();
    cases.set(id, one);
    return one;
  }

  /** @param {OpenAnswer} answer */
  function update({ session, notes }) {
    const one = put(session);
    // A note may have come while the answer, which does not know of it yet, was on its way.
    const known = new Set(notes.map(({ _id }) => _id));
    one.notes = [...notes, ...one.notes.filter(({ _id }) => !known.has(_id))];
    changed();
    return one;
  }

  on(document, 'visibilitychange', () => {
    const one = cases.get(active);
    if (document.hidden || !one) return;
    one.unread = 0;
    changed();
  });

  return {
    put,
    /** A case was taken: what came with it is its first page. @param {OpenAnswer} answer */
    took: (answer) => update(answer).conversation.takePage(pageOf(answer)),
    /** Read what is missing of a case: its latest messages first, later what came since. @param {string} id */
    async load(id) {
      const one = cases.get(id);
      if (one && one.session.state !== 'ended') await one.conversation.catchUp();
    },
    /** @param {string} id @returns {DeskCase | undefined} */
    get: (id) => cases.get(id),
    active: () => cases.get(active),
    /** @param {string} id '' for none */
    show(id) {
      active = id;
      const one = cases.get(id);
      if (one) one.unread = 0;
      screen.show(one?.conversation ?? null);
      changed();
    },
    /** @param {string} id it is another's now, or put away */
    drop(id) {
      if (active === id) {
        active = '';
        screen.show(null);
      }
      cases.get(id)?.conversation.stop();
      cases.delete(id);
      changed();
    },
    /** @returns {DeskRow[]} */
    rows: () =>
      [...cases.values()].map(({ session, unread }) => ({ ...session, unread, active: session.sessionId === active })),
    all: () => [...cases.values()],
  };
}
