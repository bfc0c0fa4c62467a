/** Visitors: who somebody is without an account. A random id, a colour computed from it, and a name of two words. */
import { randomBytes, randomInt } from 'node:crypto';
import colorHash from 'color-hash';
import type { Person } from '../../schemas/people/contract.js';
import { type Lang, nameWords } from '../site/locales.js';

export interface Visitor extends Person {
  /** The language of the first page view, in which the name is. */
  lang: Lang;
}

// color-hash is CommonJS with a default export of its own: Node's default import is the module object around it.
const ColorHash = (colorHash as unknown as { default: typeof colorHash }).default;
const colors = new ColorHash();

/** Random bytes of a visitor id: 128 bits, so that nobody guesses one. */
const ID_BYTES = 16;

/** The colour of an id, as `#rrggbb`. */
export const colorOf = (id: string): string => colors.hex(id);

/** A new visitor. Only `id` is unique: two visitors may have the same colour or name. */
export function createVisitor(lang: Lang): Visitor {
  const id = randomBytes(ID_BYTES).toString('hex');
  const { first, second } = nameWords(lang);
  const pick = (words: string[]) => words[randomInt(words.length)] ?? '';
  return { id, color: colorOf(id), name: `${pick(first)} ${pick(second)}`, lang };
}

/** The part of a visitor that others may see. */
export function person({ id, color, name }: Person): Person {
  return { id, color, name };
}
