/** Raw HTTP upgrades and handshakes: they are answered before Express knows of them, in the form of every other error. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AppError } from '../../services/site/errors.js';
import { translator } from '../../services/site/locales.js';

/** The JSON of an error, in English: nobody has said yet what they speak. */
export const errorBody = ({ code }: AppError): string =>
  JSON.stringify({ error: { code, message: translator('en')(`errors.${code}`) } });

/** The header that says after how many seconds trying again makes sense, if it does. */
export const retryAfter = ({ details }: AppError): { 'Retry-After'?: number } =>
  details.retryAfter === undefined ? {} : { 'Retry-After': details.retryAfter };

/**
 * Answer an upgrade and end its socket, also for a client that never ends its side: a socket that nobody answers would hang.
 * @param error what was wrong; a number for a status that no code of ours has.
 */
export function refuseUpgrade(socket: Duplex, error: AppError | number): void {
  const status = typeof error === 'number' ? error : error.status;
  const body = typeof error === 'number' ? '' : errorBody(error);
  const headers = {
    ...(typeof error === 'number' ? {} : { 'Content-Type': 'application/json', ...retryAfter(error) }),
    Connection: 'close',
    'Content-Length': Buffer.byteLength(body),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}
