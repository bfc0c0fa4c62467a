/** When two names are the same name: for people, and to people's eyes. */
import { LOOKALIKES } from './lookalikes.js';
import { INVISIBLE } from './text.js';

/** Letters that look like others in the Latin script itself; a capital I is a small l to most eyes. */
const WITHIN_LATIN = [
  ['l', '1|i'],
  ['o', '0'],
  ['rn', 'm'],
] as const;

const LOOKS = new Map<string, string>();
for (const [look, letters] of [...LOOKALIKES, ...WITHIN_LATIN]) for (const letter of letters) LOOKS.set(letter, look);

/** Scripts whose letters look alike, so that no word needs letters of two of them. */
const ALIKE = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];

/** A name without case, width (full and half), spacing and invisible characters. */
export function foldName(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC').replace(INVISIBLE, '');
}

/**
 * What a name looks like (the skeleton of Unicode TS 39, regardless of case). Two names with one key are the same name:
 * `paypal` in Cyrillic letters is `paypal`.
 */
export function nameKey(name: string): string {
  const letters = Array.from(foldName(name).normalize('NFD'), look);
  // Once more, for what a letter looks like may look like something else: `ı` like `i`, and that like `l`.
  return Array.from(letters.join(''), look).join('').normalize('NFC');
}

const look = (letter: string): string => LOOKS.get(letter) ?? letter;

/** Whether a word mixes Latin, Cyrillic and Greek letters, as Unicode TS 39 lets no identifier do. */
export function mixesScripts(name: string): boolean {
  const words = name.normalize('NFKC').match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.some((word) => ALIKE.filter((script) => script.test(word)).length > 1);
}
