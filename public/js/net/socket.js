/**
 * One connection to the server, shared by the namespaces of a page. The session cookie that the page set says who.
 */
import { io } from '../../../vendor/socket.io.js';
import { base } from '../ui/dom.js';

/**
 * @template {import('../../../vendor/socket.io.js').Socket<any, any>} S any: each caller names its namespace's typed socket
 * @param {'/' | '/room' | '/chat' | '/lobby' | '/direct' | '/consult'} namespace
 * @param {Record<string, string>} [auth] what the page says of itself
 * @returns {S}
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
  return /** @type {S} */ (/** @type {unknown} */ (socket));
}

/**
 * Do not trust a line that was asleep or on another network: close it, and the reconnection asks for what is missing.
 * @param {import('../../../vendor/socket.io.js').Socket} socket
 * @param {boolean} [sure] false: only if it is closed
 */
export function wakeUp(socket, sure = true) {
  if (!socket.connected) socket.connect();
  else if (sure) socket.io.engine.close();
}
