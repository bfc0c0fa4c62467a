/** What the browser keeps of the shelf: GIFs sent lately, newest first, and favourites. */
import { keep, recall } from '../ui/store.js';

const [RECENTS, FAVOURITES] = ['shelf-recents', 'shelf-favourites'];
const RECENTS_MAX = 12;
const FAVOURITES_MAX = 100;

/** @param {string} key @returns {string[]} */
const idsIn = (key) => recall('local', key, []);

export const recents = {
  all: () => idsIn(RECENTS),
  /** @param {string} id */
  add: (id) => keep('local', RECENTS, [id, ...idsIn(RECENTS).filter((other) => other !== id)].slice(0, RECENTS_MAX)),
};

export const favourites = {
  all: () => idsIn(FAVOURITES),
  /** @param {string} id */
  has: (id) => idsIn(FAVOURITES).includes(id),
  /** @param {string} id @returns {boolean} whether it is one now */
  toggle(id) {
    const others = idsIn(FAVOURITES).filter((other) => other !== id);
    const isOne = others.length === idsIn(FAVOURITES).length;
    keep('local', FAVOURITES, isOne ? [id, ...others].slice(0, FAVOURITES_MAX) : others);
    return isOne;
  },
};
