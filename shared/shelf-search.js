/** Search of the GIF shelf by names and tags, in whatever language they are. Pure: the server and the panel share it. */

import { fold } from './fold.js';

/** @typedef {{ tags: readonly string[] }} Tagged */

/** As `fold`, with Hangul taken apart, so that a syllable half typed finds the whole one. @param {string} text */
const letters = (text) => fold(text).normalize('NFD');

/**
 * GIFs that each word of the query fits: those whose tag is the query, then those with a tag that begins with it, then
 * the others; within each in their order.
 * @template {Tagged} G
 * @param {readonly G[]} gifs
 * @param {string} query
 * @returns {G[]}
 */
export function searchShelf(gifs, query) {
  const wanted = letters(query);
  if (!wanted) return [...gifs];
  const words = wanted.split(' ');
  return gifs
    .map((gif) => ({ gif, tags: gif.tags.map(letters) }))
    .filter(({ tags }) => words.every((word) => tags.some((tag) => tag.includes(word))))
    .map(({ gif, tags }) => ({
      gif,
      rank: tags.includes(wanted) ? 0 : tags.some((tag) => tag.startsWith(wanted)) ? 1 : 2,
    }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ gif }) => gif);
}

/**
 * The tags that are written most like the query: what to offer where nothing was found.
 * @param {readonly Tagged[]} gifs
 * @param {string} query
 * @param {number} [most]
 * @returns {string[]}
 */
export function nearestTags(gifs, query, most = 5) {
  const wanted = pairs(query);
  return [...new Set(gifs.flatMap(({ tags }) => tags))]
    .map((tag) => ({ tag, likeness: likeness(wanted, pairs(tag)) }))
    .filter(({ likeness }) => likeness > 0)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, most)
    .map(({ tag }) => tag);
}

/** @param {string} text @returns {Set<string>} its pairs of neighbouring letters */
function pairs(text) {
  const all = [...` ${letters(text)}`];
  return new Set(all.slice(1).map((letter, at) => `${all[at] ?? ''}${letter}`));
}

/** How much two sets have in common: 0 to 1. @param {Set<string>} one @param {Set<string>} other */
function likeness(one, other) {
  const common = [...one].filter((pair) => other.has(pair)).length;
  return (2 * common) / (one.size + other.size);
}
