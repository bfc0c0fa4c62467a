/** Client addresses as rate limits count them. */
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';

/**
 * One key for each IPv4 address, and for each IPv6 /56, which is what a household is given.
 * @param ip as Node writes it.
 */
export function addressKey(ip: string | undefined): string {
  const address = (ip ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(address)) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros: string[] =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = [...left, ...zeros, ...right].map((group) => group.padStart(4, '0'));
  return `${groups.join('').slice(0, 14)}/56`;
}

/**
 * What a room keeps of an address: enough to count the seats that one takes there, and another one in every room.
 * @param address as `addressKey` writes it.
 */
export const addressIn = (room: string, address: string): string =>
  createHash('sha256').update(`${room} ${address}`).digest('base64url').slice(0, 16);
