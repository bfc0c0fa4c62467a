/** Messages that name the reader. */
import { me } from '../ui/dom.js';

/** @param {import('../../../shared/timeline.js').Message} message */
export const namesMe = ({ mentions, author }) =>
  author.id !== me.id && Boolean(mentions?.some(({ id }) => id === me.id));
