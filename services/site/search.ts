/**
 * Substring search that an index answers. A text is stored folded, and its single characters and pairs of characters in
 * an indexed array. A query selects the documents with all of its own pairs, and the folded text decides. Pairs rather
 * than words, because Korean words are looked for by their middle, and two syllables are a usual query.
 */
import { fold } from '../../shared/fold.js';

export { fold };

/** What the index stores of a text. */
export function grams(text: string): string[] {
  const letters = Array.from(fold(text));
  return [...new Set([...letters, ...pairs(letters)])];
}

/** What a query asks the index for, and a pattern, the query itself, that the folded text must contain. */
export function searchTerms(query: string): { all: string[]; pattern: string } {
  const folded = fold(query);
  const letters = Array.from(folded);
  return { all: letters.length > 1 ? [...new Set(pairs(letters))] : letters, pattern: escapeRegExp(folded) };
}

const pairs = (letters: string[]) => letters.slice(1).map((letter, index) => `${letters[index] ?? ''}${letter}`);

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
