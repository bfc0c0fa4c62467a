/**
 * The consultations that this consultant has: one conversation each, whichever is looked at, so that what was written
 * in one is sent although another is open.
 */
import { createConversation } from '../messages/conversation.js';
import { asMessage, stepRows } from '../../../shared/consult-views.js';
import { me } from '../ui/dom.js';
import { ask } from '../net/ask.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../schemas/consult/contract.js').DeskSessionView} DeskSessionView */
/** @typedef {import('../../../schemas/consult/contract.js').ConsultMessageView} Said */
/** @typedef {import('../../../schemas/consult/contract.js').NoteView} NoteView */
/** @typedef {import('../../../schemas/consult/contract.js').OpenAnswer} OpenAnswer */
/** @typedef {{ session: DeskSessionView, conversation: ReturnType<typeof createConversation>, notes: NoteView[], unread: number, read: boolean, older: boolean }} Held */

/**
 * @param {{
 *   socket: import('../../../vendor/socket.io.js').Socket<any, any>,
 *   view: { draw: Parameters<typeof createConversation>[0]['draw'], atBottom: () => boolean },
 *   changed: () => void,
 *   older: (hasMore: boolean) => void,
 * }} parts socket: the desk's; any, as lib/socket.js asks for
 */
export function createDeskCases({ socket, view, changed, older }) {
  /** @type {Map<string, Held>} */
  const held = new Map();
  let active = '';

  /** @param {DeskSessionView} session @returns {Held} */
  function hold(session) {
    const id = session.sessionId;
    const known = held.get(id);
    if (known) {
      known.session = session;
      known.conversation.log.setSteps(stepRows(session, t, 'desk'));
      return known;
    }
    const conversation = createConversation({
      room: id,
      messages: [],
      draw: (rows, how) => active === id && view.draw(rows, how),
      atBottom: () => active === id && view.atBottom(),
      forgot() {
        made.older = true;
        if (active === id) older(true);
      },
      over: () => undefined,
      async before(seq) {
        /** @type {OpenAnswer} */
        const page = await ask(socket, 'open-consult', { sessionId: id, before: seq });
        made.older = page.older;
        return { chats: page.messages.map((said) => asMessage(said)), more: page.older };
      },
      async post({ chat, clientId }) {
        /** @type {{ message: Said }} */
        const { message } = await ask(socket, 'send-message', { sessionId: id, message: chat, clientId });
        return asMessage(message);
      },
    });
    conversation.log.setSteps(stepRows(session, t, 'desk'));
    /** @type {Held} */
    const made = { session, conversation, notes: [], unread: 0, read: false, older: false };
    held.set(id, made);
    return made;
  }

  /** @param {OpenAnswer} answer @returns {Held} */
  function took({ session, messages, notes, more, older: hasOlder }) {
    const one = hold(session);
    one.conversation.add(
      messages.map((said) => asMessage(said)),
      { old: true },
    );
    one.notes = notes;
    if (!one.read) one.older = hasOlder;
    one.read = true;
    if (!more) one.conversation.log.readUpTo(session.seq);
    if (active === session.sessionId) older(one.older);
    return one;
  }

  /** Read what is missing of a case: its latest messages first, later what came since, page by page. @param {string} id */
  async function load(id) {
    const one = held.get(id);
    if (!one || one.session.state === 'ended') return;
    for (let more = true; more;) {
      const from = one.read ? { after: one.conversation.log.whole() } : {};
      /** @type {OpenAnswer} */
      const answer = await ask(socket, 'open-consult', { sessionId: id, ...from });
      took(answer);
      more = answer.more;
    }
  }

  return {
    hold,
    took,
    load,
    /** @param {string} id @returns {Held | undefined} */
    get: (id) => held.get(id),
    active: () => held.get(active),
    /** @param {string} id '' for none */
    show(id) {
      active = id;
      const one = held.get(id);
      older(one?.older ?? false);
      if (!one) return;
      one.unread = 0;
      one.conversation.changed({ quietly: true });
      changed();
    },
    /** @param {Said} said */
    heard(said) {
      const one = held.get(said.sessionId);
      if (!one) return 0;
      const others = one.conversation.add([asMessage(said)]).length;
      if (said.author.id !== me.id && (active !== said.sessionId || document.hidden)) one.unread += others;
      if (one.conversation.log.gap() !== null) void load(said.sessionId).catch(() => undefined);
      changed();
      return others;
    },
    /** @param {string} id it is another's now */
    drop(id) {
      held.get(id)?.conversation.stop();
      held.delete(id);
      if (active === id) active = '';
      changed();
    },
    rows: () =>
      [...held.values()].map(({ session, unread }) => ({ ...session, unread, active: session.sessionId === active })),
    all: () => [...held.values()],
  };
}
