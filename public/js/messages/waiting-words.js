/** What waits on this page to be sent, in words. */
import { errorText, t } from '../ui/words.js';

/** @typedef {import('./outbox.js').Item} Item */

/** Refusals that say no more than that nobody answered. */
const AWAY = new Set(['offline', 'timeout']);

/** For the bar that says that the connection is away; '' without pictures. @param {readonly Item[]} items */
export function waitingPictures(items) {
  const count = items.filter(({ picture, state }) => picture && state !== 'failed').length;
  return count ? t('chat.pictures_wait', { count }) : '';
}

/** Why one item still waits; '' where its clock says enough. @param {Item} item */
export function whyWaiting({ code, retryAfter, picture, isLoose }) {
  if (!code || (AWAY.has(code) && !picture)) return '';
  if (code === 'slow_mode' && retryAfter) return t('chat.slow_waits', { count: retryAfter });
  const why = AWAY.has(code) ? `${t('chat.waiting')}.` : `${t('chat.tried_again')} ${errorText(code)}`;
  return isLoose ? `${why} ${t('chat.picture_loose')}` : why;
}
