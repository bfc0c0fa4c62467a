/** The emoji that the site offers, with their names in the page's language: loaded with their first use, kept by the browser. */
import { lang } from '../ui/words.js';

/** @typedef {{ emoji: string, group: number, name: string, codes: readonly string[], words: string }} Emoji `codes`: as in `:smile:` */

/** @type {Promise<Emoji[]> | null} */
let loading = null;

/** @returns {Promise<Emoji[]>} in the order in which they are shown */
async function load() {
  const answer = await fetch(new URL(`../../../public/emoji/${lang}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`emoji: ${answer.status}`);
  /** @type {[string, number, string, string, string][]} */
  const rows = await answer.json();
  return rows.map(([emoji, group, name, codes, tags]) => ({
    ...{ emoji, group, name },
    codes: codes.split(' '),
    words: `${name} ${tags}`.toLowerCase(),
  }));
}

/** All of them; rejects if they do not come, and asks anew the next time. */
export function allEmoji() {
  loading ??= load().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** How well an emoji fits, 0: best; undefined: not. @param {Emoji} emoji @param {string} query */
function rank({ codes, words }, query) {
  if (codes.includes(query)) return 0;
  if (codes.some((code) => code.startsWith(query))) return 1;
  if (words.split(/[\s_]+/u).some((word) => word.startsWith(query))) return 2;
  return words.includes(query) || codes.some((code) => code.includes(query)) ? 3 : undefined;
}

/** Those that fit a query, best first. @param {readonly Emoji[]} all @param {string} query @param {number} most */
export function findEmoji(all, query, most) {
  const wanted = query.trim().toLowerCase();
  return all
    .flatMap((emoji) => {
      const at = rank(emoji, wanted);
      return at === undefined ? [] : [{ emoji, at }];
    })
    .sort((a, b) => a.at - b.at)
    .slice(0, most)
    .map(({ emoji }) => emoji);
}
