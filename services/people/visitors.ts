/** Who somebody is without an account: a random id, the colour that color-hash gives it, and a name of two words. */
import { randomBytes, randomInt } from 'node:crypto';
import colorHash from 'color-hash';
import type { Person } from '../../schemas/people/contract.js';
import { type Lang, nameWords } from '../site/locales.js';

export interface Visitor extends Person {
  /** The language of the first visit: the name is in it, and stays. */
  lang: Lang;
}

// color-hash is CommonJS with a default export of its own: Node's default import is the module object around it.
const ColorHash = (colorHash as unknown as { default: typeof colorHash }).default;
const colors = new ColorHash();

/** Bytes of randomness in a visitor id: 128 bits, so that nobody guesses one. */
const ID_BYTES = 16;

/** The colour that belongs to an id. */
export const colorOf = (id: string): string => colors.hex(id);

/** A new visitor. Identity is `id`; colours and names may meet, and pages tell them apart. */
export function createVisitor(lang: Lang): Visitor {
  const id = randomBytes(ID_BYTES).toString('hex');
  const { first, second } = nameWords(lang);
  const pick = (words: string[]) => words[randomInt(words.length)] ?? '';
  return { id, color: colorOf(id), name: `${pick(first)} ${pick(second)}`, lang };
}

/** What others may see of a visitor. */
export function person({ id, color, name }: Person): Person {
  return { id, color, name };
}
