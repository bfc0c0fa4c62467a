/**
 * Who is mentioned in a text: people whose whole name follows an `@` that begins a word. Of several names that fit, the
 * longest counts. A particle of Hangul may follow a name at once, another letter or digit may not. Pure: server and
 * browser share it.
 */

const WORD = /[\p{L}\p{N}_]/u;
const HANGUL = /\p{Script=Hangul}/u;

/** @param {string} text @param {number} end where the name ends @param {string} name */
function endsThere(text, end, name) {
  const next = String.fromCodePoint(text.codePointAt(end) ?? 32);
  return !WORD.test(next) || !WORD.test(name.at(-1) ?? '') || HANGUL.test(next);
}

/**
 * @template {{ name: string }} P
 * @param {string} text
 * @param {readonly P[]} people
 * @returns {{ at: number, end: number, person: P }[]} where each mention begins and ends, in order
 */
export function mentionsIn(text, people) {
  /** @type {{ at: number, end: number, person: P }[]} */
  const found = [];
  const lower = text.toLowerCase();
  // A text whose letters change their number with their case is compared as it is.
  const plain = lower.length === text.length ? lower : text;
  const longestFirst = [...people].sort((a, b) => b.name.length - a.name.length);
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (at > 0 && WORD.test(text.slice(0, at).match(/.$/su)?.[0] ?? '')) continue;
    const person = longestFirst.find(({ name }) => {
      const wanted = plain === lower ? name.toLowerCase() : name;
      return name !== '' && plain.startsWith(wanted, at + 1) && endsThere(text, at + 1 + name.length, name);
    });
    if (person) found.push({ at, end: at + 1 + person.name.length, person });
  }
  return found;
}
