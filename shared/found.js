/** Where in a text a search found its words, as one line to show. Pure: the page and the sheet share it. */
import { fold } from './fold.js';

/** Characters shown, and those of them before the words. */
const [MOST, BEFORE] = [140, 40];

/** A piece of the line; `hit`: it is what was looked for. @typedef {{ text: string, hit: boolean }} Part */

/**
 * The line around the first place where a text has the query, taken apart into what was looked for and what is between.
 * @param {string} text without marks
 * @param {string} query
 * @returns {Part[]} one part where the words are written in a way that has no place in the text, e.g. with its marks
 */
export function found(text, query) {
  const line = text.normalize('NFC').replace(/\s+/gu, ' ').trim();
  const hits = placesOf(line, fold(query));
  const first = hits[0] ?? { from: 0, end: 0 };
  const from = Math.max(0, first.from - BEFORE);
  const end = Math.max(first.end, from + MOST);
  /** @type {Part[]} */
  const parts = [];
  let at = from;
  for (const hit of hits.filter((each) => each.from < end)) {
    parts.push({ text: line.slice(at, hit.from), hit: false }, { text: line.slice(hit.from, hit.end), hit: true });
    at = hit.end;
  }
  parts.push({ text: whole(line.slice(at, Math.max(at, end))), hit: false });
  const [begin] = parts;
  if (begin) begin.text = `${from > 0 ? '…' : ''}${whole(begin.text)}`;
  if (Math.max(at, end) < line.length) parts.push({ text: '…', hit: false });
  return parts.filter((part) => part.text !== '');
}

/**
 * Every place of the words in a line, whatever their case and width there.
 * @param {string} line
 * @param {string} wanted folded
 */
function placesOf(line, wanted) {
  if (!wanted) return [];
  let folded = '';
  let at = 0;
  /** Where in the line each unit of `folded` stands. @type {number[]} */
  const places = [];
  for (const letter of line) {
    const same = letter.normalize('NFKC').toLowerCase();
    for (let unit = 0; unit < same.length; unit++) places.push(at);
    folded += same;
    at += letter.length;
  }
  const hits = [];
  for (let from = folded.indexOf(wanted); from >= 0; from = folded.indexOf(wanted, from + wanted.length))
    hits.push({ from: places[from] ?? 0, end: places[from + wanted.length] ?? line.length });
  return hits;
}

/** Without the half of a character at either end. @param {string} part */
const whole = (part) => part.replace(/^[\uDC00-\uDFFF]/, '').replace(/[\uD800-\uDBFF]$/, '');
