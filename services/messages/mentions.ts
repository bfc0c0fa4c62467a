/**
 * Who is mentioned in a text: people whose whole name follows an `@` that begins a word. Of several names that fit, the
 * longest counts. A particle of Hangul may follow a name at once, another letter or digit may not.
 */

const WORD = /[\p{L}\p{N}_]/u;
const HANGUL = /\p{Script=Hangul}/u;

function endsThere(text: string, end: number, name: string): boolean {
  const next = String.fromCodePoint(text.codePointAt(end) ?? 32);
  return !WORD.test(next) || !WORD.test(name.at(-1) ?? '') || HANGUL.test(next);
}

/** @returns those whom the text mentions, in its order, as often as it does. */
export function mentionsIn<P extends { name: string }>(text: string, people: readonly P[]): P[] {
  const found: P[] = [];
  const lower = text.toLowerCase();
  // A text whose letters change their number with their case is compared as it is.
  const isFolded = lower.length === text.length;
  const plain = isFolded ? lower : text;
  const longestFirst = [...people].sort((a, b) => b.name.length - a.name.length);
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (at > 0 && WORD.test(/.$/su.exec(text.slice(0, at))?.[0] ?? '')) continue;
    const person = longestFirst.find(({ name }) => {
      const wanted = isFolded ? name.toLowerCase() : name;
      return name !== '' && plain.startsWith(wanted, at + 1) && endsThere(text, at + 1 + name.length, name);
    });
    if (person) found.push(person);
  }
  return found;
}
