/**
 * Return codes: twelve letters and figures of Crockford's alphabet, 60 bits, so that a plain hash is enough at rest and
 * guessing is hopeless even without the limit that stands before it.
 */
import { createHash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 12;
const GROUP = 4;

/** @returns a code as people read it: `7KQ2-M9TX-04FD`. */
export function newCode(): string {
  const letters = Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length] ?? '').join('');
  return (letters.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-');
}

/** What is stored of a code, and looked up by. Dashes do not count. */
export const codeHash = (code: string): string =>
  createHash('sha256').update(code.replaceAll('-', '')).digest('base64url');
