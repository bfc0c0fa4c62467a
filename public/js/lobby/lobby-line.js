/**
 * The lobby over its socket: comes in again under the same name after every reconnect, tells every message once, and
 * asks for what went missing, also for somebody who only reads.
 */
import { request } from '../net/api.js';
import { createHeard } from '../messages/heard.js';
import { connect, wakeUp } from '../net/socket.js';

/** @typedef {import('../../../schemas/lobby/contract.js').LobbyServerEvents} Server */
/** @typedef {import('../../../schemas/lobby/contract.js').LobbyClientEvents} Client */
/** @typedef {import('../../../schemas/lobby/contract.js').LobbyMessageView} LobbyMessageView */
/** @typedef {import('../../../vendor/socket.io.js').Socket<Server, Client>} Socket */

const PATIENCE_MS = 400;
const LATER_MS = 3000;

/**
 * @param {{
 *   name: string, seq: number, up: () => void, down: () => void,
 *   took: (message: LobbyMessageView) => void, inside: (name: string) => void, refused: (code: string) => void,
 * }} parts `name`: under which to come in at once; `seq`: of the newest message on the page
 */
export function initLobbyLine({ name: first, seq, up, down, took, inside, refused }) {
  /** @type {Socket} */
  const socket = connect('/lobby');
  const heard = createHeard(seq);
  let name = first;
  let timer = 0;
  let filling = false;

  /** @param {LobbyMessageView[]} messages */
  function hear(messages) {
    for (const message of messages) if (heard.take(message.seq)) took(message);
  }

  /** @param {string} wished */
  function join(wished) {
    socket.emit('join', { name: wished, after: heard.whole() }, (answer) => {
      if (!answer.ok) return refused(answer.error.code);
      name = answer.user.name;
      hear(answer.missed);
      if (!answer.more) heard.readUpTo(answer.seq);
      inside(name);
    });
  }

  /** Read on from where nothing is missing. */
  async function fill() {
    if (filling) return;
    filling = true;
    try {
      for (let more = true; more;) {
        /** @type {{ chats: LobbyMessageView[], more: boolean }} */
        const page = await request(`/lobby/messages?after=${heard.whole()}&limit=100`);
        hear(page.chats);
        heard.readUpTo(page.chats.at(-1)?.seq ?? 0);
        more = page.more;
      }
    } catch {
      later(LATER_MS);
    }
    filling = false;
  }

  /** @param {number} ms */
  function later(ms) {
    clearTimeout(timer);
    timer = window.setTimeout(() => void fill(), ms);
  }

  socket.on('connect', () => {
    up();
    if (name) join(name);
    else void fill();
  });
  socket.on('disconnect', down);
  socket.on('connect_error', down);
  socket.on('message', (message) => {
    hear([message]);
    clearTimeout(timer);
    // Two messages may overtake each other by a moment; only what stays away is asked for.
    if (heard.hasGap()) later(PATIENCE_MS);
  });
  return {
    socket,
    join,
    wake: () => wakeUp(socket),
    stop() {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.disconnect();
    },
  };
}
