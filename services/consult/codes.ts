/**
 * Return codes: twelve characters of Crockford's base 32 alphabet, 60 random bits. So a plain hash can be stored, and
 * guessing would be hopeless even without its rate limit.
 */
import { createHash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 12;
const GROUP = 4;

/** A random code, as people read it: `7KQ2-M9TX-04FD`. */
export function newCode(): string {
  const letters = Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length] ?? '').join('');
  return (letters.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-');
}

/** The hash of a code, by which cases are found. Dashes do not count. */
export const codeHash = (code: string): string =>
  createHash('sha256').update(code.replaceAll('-', '')).digest('base64url');
