/**
 * The room over its socket: joins, joins again after every reconnect from where nothing is missing, and asks for what
 * went missing in between.
 */
import { connect, wakeUp } from '../net/socket.js';
import { request } from '../net/api.js';

/** @typedef {import('../../../schemas/rooms/contract.js').ChatServerEvents} Server */
/** @typedef {import('../../../schemas/rooms/contract.js').ChatClientEvents} Client */
/** @typedef {import('../../../schemas/rooms/contract.js').JoinAnswer} JoinAnswer */
/** @typedef {import('../../../shared/timeline.js').Message} Message */
/** @typedef {import('../../../vendor/socket.io.js').Socket<Server, Client>} Socket */

const PATIENCE_MS = 400;
const ACK_MS = 8000;
/** Refusals that pass by themselves. */
const LATER = new Set(['rate_limited', 'busy', 'unavailable', 'internal']);
const LATER_MS = 2000;

/**
 * @param {{
 *   room: string, log: ReturnType<typeof import('../messages/log-model.js').createLog>,
 *   up: (answer: JoinAnswer) => void, down: () => void, refused: (code: string) => void,
 *   arrived: (messages: Message[]) => void,
 * }} parts
 */
export function initRoomLine({ room, log, up, down, refused, arrived }) {
  /** @type {Socket} */
  const socket = connect('/chat');
  let timer = 0;
  let filling = false;

  function join() {
    // A server that does not answer is a line that is down, whatever the transport thinks.
    const late = window.setTimeout(() => void socket.disconnect().connect(), ACK_MS);
    socket.emit('join', { room, after: log.whole() }, (answer) => {
      clearTimeout(late);
      if (!answer.ok && LATER.has(answer.error.code)) return void (timer = window.setTimeout(join, LATER_MS));
      if (!answer.ok) return refused(answer.error.code);
      arrived(answer.missed);
      up(answer);
      document.documentElement.dataset.joined = room;
      if (answer.more) void fill();
      else log.readUpTo(answer.seq);
    });
  }

  /** Read what is missing. A hole that stays is a number that was never used. */
  async function fill() {
    if (filling) return;
    filling = true;
    try {
      for (let more = true; more;) {
        const after = log.whole();
        const newest = log.last();
        /** @type {{ chats: Message[], more: boolean }} */
        const answer = await request(`/room/${room}/chats?after=${after}&limit=100`);
        more = answer.more;
        arrived(answer.chats);
        log.readUpTo(more ? (answer.chats.at(-1)?.seq ?? newest) : newest);
      }
    } catch {
      timer = window.setTimeout(() => void fill(), 3000);
    }
    filling = false;
  }

  function lookForGap() {
    clearTimeout(timer);
    if (log.gap() === null) return;
    // Two messages may overtake each other by a moment; only what stays away is asked for.
    timer = window.setTimeout(() => {
      if (log.gap() !== null && socket.connected) void fill();
    }, PATIENCE_MS);
  }

  socket.on('connect', join);
  socket.on('disconnect', down);
  socket.on('connect_error', (error) => {
    down();
    if (error.message === 'no_session') refused('no_session');
  });
  socket.on('chat', (message) => {
    if (message.room !== room) return;
    arrived([message]);
    lookForGap();
  });
  return {
    socket,
    /** @param {boolean} sure */
    wake: (sure) => wakeUp(socket, sure),
    stop() {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.disconnect();
    },
  };
}
