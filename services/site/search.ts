/**
 * Title search that an index answers: a title is kept folded, with its single characters and pairs as an indexed array.
 * A query asks for all of its own pairs, so only rooms that could match are read; the folded title settles the rest.
 * Pairs rather than words, because Korean words are found by their middle, and two syllables are a usual query.
 */

/** Case, width and spacing do not matter to a search. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** What the index holds of a title. */
export function grams(title: string): string[] {
  const letters = Array.from(fold(title));
  return [...new Set([...letters, ...pairs(letters)])];
}

/** What a query asks the index for, and the literal pattern that a match must contain. */
export function searchTerms(query: string): { all: string[]; pattern: string } {
  const folded = fold(query);
  const letters = Array.from(folded);
  return { all: letters.length > 1 ? [...new Set(pairs(letters))] : letters, pattern: escapeRegExp(folded) };
}

const pairs = (letters: string[]) => letters.slice(1).map((letter, index) => `${letters[index] ?? ''}${letter}`);

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
