/**
 * Direct messages over their socket: what comes, who is online, read marks and typing. A hole in a conversation's
 * numbers, or a line that was away, is filled from the server.
 */
import { request } from '../net/api.js';
import { connect, wakeUp } from '../net/socket.js';

/** @typedef {import('../../../schemas/direct/contract.js').DirectServerEvents} Server */
/** @typedef {import('../../../schemas/direct/contract.js').DirectClientEvents} Client */
/** @typedef {import('../../../schemas/direct/contract.js').DirectView} DirectView */
/** @typedef {import('../../../schemas/direct/contract.js').ConversationView} ConversationView */
/** @typedef {import('../../../vendor/socket.io.js').Socket<Server, Client>} Socket */
/** @typedef {{ conversation: ConversationView, messages: DirectView[], more: boolean }} Page */

const PATIENCE_MS = 300;

/**
 * @param {{
 *   other: string | null, log: ReturnType<typeof import('../messages/log-model.js').createLog> | null,
 *   up: () => void, down: () => void, arrived: (messages: DirectView[]) => void,
 *   seen: (conversation: ConversationView) => void, gone: () => void,
 * }} parts
 */
export function initDirectLine({ other, log, up, down, arrived, seen, gone }) {
  /** @type {Socket} */
  const socket = connect('/direct');
  let timer = 0;
  let filling = false;

  /** Read on from where nothing is missing. */
  async function fill() {
    if (!other || !log || filling) return;
    filling = true;
    try {
      for (let more = true; more;) {
        /** @type {Page} */
        const page = await request(`/api/messages/${other}?after=${log.whole()}&limit=100`);
        arrived(page.messages);
        seen(page.conversation);
        more = page.more;
        const newest = page.messages.at(-1)?.seq;
        if (newest !== undefined) log.readUpTo(newest);
      }
    } catch (error) {
      if (error instanceof Error && error.message === 'person_not_found') gone();
      else timer = window.setTimeout(() => void fill(), 3000);
    }
    filling = false;
  }

  socket.on('connect', () => {
    up();
    void fill();
  });
  socket.on('disconnect', down);
  socket.on('connect_error', down);
  socket.on('changed', (change) => {
    if (change.with === other) void fill();
  });
  socket.on('newMessage', (message) => {
    if (message.senderId !== other && message.receiverId !== other) return;
    arrived([message]);
    clearTimeout(timer);
    if (log?.gap() !== null) timer = window.setTimeout(() => void fill(), PATIENCE_MS);
  });
  return {
    socket,
    wake: () => wakeUp(socket),
    stop() {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.disconnect();
    },
  };
}
