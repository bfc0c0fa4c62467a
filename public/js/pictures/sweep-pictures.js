/** Erases pictures that wait for what is no more: another visitor, a conversation that was left, a room that has ended. */
import { base } from '../ui/dom.js';
import {
  arePicturesWaiting,
  forgetPictures,
  noPicturesWait,
  stalePlaces,
  waitingPlaces,
} from '../ui/waiting-pictures.js';
import { erasePicture, keptPictures } from './picture-store.js';

const ROOM = /^[0-9a-f]{24}$/;
const DAY_MS = 86_400_000;

/** @param {string} room */
async function hasEnded(room) {
  const { status } = await fetch(`${base}/api/v1/rooms/${room}`);
  return status === 404 || status === 410;
}

/** @returns {Promise<void>} also where nothing could be asked or erased: the next page tries again */
export async function sweepPictures() {
  try {
    const kept = await keptPictures();
    for (const place of waitingPlaces())
      if (ROOM.test(place) && !location.pathname.includes(place) && (await hasEnded(place))) forgetPictures(place);
    const old = new Date(Date.now() - DAY_MS).toISOString();
    const gone = kept.filter(({ place, at }) => at < old || !arePicturesWaiting(place));
    await Promise.all(gone.map(({ clientId }) => erasePicture(clientId)));
    for (const place of stalePlaces()) noPicturesWait(place);
  } catch (error) {
    console.warn('pictures that nobody waits for could not be erased', error);
  }
}
