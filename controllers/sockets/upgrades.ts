/** Raw HTTP upgrades: a socket that nobody has answered yet. */
import type { Duplex } from 'node:stream';

/** Answer and end it, also for a client that never ends its side: a socket that nobody answers would hang. */
export function refuseUpgrade(socket: Duplex, status: number, words: string): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${words}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
