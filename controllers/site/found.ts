/** Where in a text a search found its words, as one line to show. */

/** Characters shown, and those of them before the words. */
const [MOST, BEFORE] = [140, 40];

interface Line {
  before: string;
  /** Empty where the words are written in another way than the query, in another width for example. */
  hit: string;
  after: string;
}

/** @param text without marks. */
export function found(text: string, query: string): Line {
  const line = plain(text);
  const wanted = plain(query).toLowerCase();
  const lower = line.toLowerCase();
  const at = wanted && lower.length === line.length ? lower.indexOf(wanted) : -1;
  if (at < 0) return { before: upTo(line, 0, MOST), hit: '', after: '' };
  const [from, end] = [Math.max(0, at - BEFORE), at + wanted.length];
  const before = `${from > 0 ? '…' : ''}${whole(line.slice(from, at))}`;
  return { before, hit: line.slice(at, end), after: upTo(line, end, Math.max(end, from + MOST)) };
}

const plain = (text: string) => text.normalize('NFC').replace(/\s+/gu, ' ').trim();

const upTo = (line: string, from: number, to: number) => `${whole(line.slice(from, to))}${to < line.length ? '…' : ''}`;

/** Without the half of a character at either end. */
const whole = (part: string) => part.replace(/^[\uDC00-\uDFFF]/, '').replace(/[\uD800-\uDBFF]$/, '');
