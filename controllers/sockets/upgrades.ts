/** Raw HTTP upgrades: a socket that nobody has answered yet. */
import type { Duplex } from 'node:stream';

/**
 * Answer and end it, also for a client that never ends its side: a socket that nobody answers would hang.
 * @param retryAfter seconds after which trying again makes sense.
 */
export function refuseUpgrade(socket: Duplex, status: number, words: string, retryAfter?: number): void {
  const later = retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`;
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${words}\r\n${later}Connection: close\r\nContent-Length: 0\r\n\r\n`);
}
