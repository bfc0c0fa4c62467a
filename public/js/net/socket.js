/**
 * Connections to the server: one for all namespaces of a page. The session cookie that the page set says who connects.
 * The types of events and acknowledgements are the contract's: a wrong name or payload does not compile.
 */
import { io } from '../../../vendor/socket.io.js';
import { base } from '../ui/dom.js';
import { notice } from '../ui/notice.js';
import { errorText } from '../ui/words.js';

/** Milliseconds after which a socket that was one too many tries again, and one that was refused for how much was asked for. */
const CROWDED_MS = 5000;
const BUSY_MS = 2000;
/** Whether the page has said that it is one too many, since it was last connected. */
let isCrowded = false;

/** @typedef {import('../../../schemas/namespaces.js').Namespaces} Namespaces what server and browser send on each */

/**
 * A socket of one namespace.
 * @template {keyof Namespaces} N
 * @typedef {import('../../../vendor/socket.io.js').Socket<Namespaces[N]['server'], Namespaces[N]['client']>} SocketOf
 */

/**
 * Any socket of ours, for what only connects and disconnects.
 * @typedef {import('../../../vendor/socket.io.js').Socket<any, any>} AnySocket any: the events of every namespace
 */

/**
 * @template {keyof Namespaces} N
 * @param {N} namespace
 * @param {Record<string, string | boolean>} [auth] what the page says of itself
 * @returns {SocketOf<N>}
 */
export function connect(namespace, auth) {
  const socket = io(location.origin + namespace, {
    ...(auth ? { auth } : {}),
    path: `${base}/socket.io`,
    // A WebSocket handshake always names its Origin, which the server asks for; polling is for proxies that block it.
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5000,
    timeout: 10_000,
  });
  socket.on('connect', () => (isCrowded = false));
  // Socket.IO does not come back by itself after a refusal.
  socket.on('connect_error', ({ message }) => {
    if (message === 'rate_limited' || message === 'busy') setTimeout(() => socket.active || socket.connect(), BUSY_MS);
    // The operator keeps us out: the page says so.
    if (message === 'site_banned') location.reload();
    if (message !== 'too_many_sockets') return;
    if (!isCrowded) notice(errorText(message));
    isCrowded = true;
    setTimeout(() => socket.active || socket.connect(), CROWDED_MS);
  });
  return /** @type {SocketOf<N>} */ (/** @type {unknown} */ (socket));
}

/**
 * Connect again what was asleep or on another network: a connection that only looks open is closed first. What is missing
 * is asked for after the reconnect.
 * @param {AnySocket} socket
 * @param {boolean} [sure] false: only if it is closed
 */
export function reconnect(socket, sure = true) {
  if (!socket.connected) socket.connect();
  else if (sure) socket.io.engine.close();
}
