/**
 * Which conversations have pictures in the browser's database (public/js/pictures/picture-store.js), so that a page opens it
 * only where something waits. Pictures that are forgotten here are erased there by the next page, if this one is too short.
 */
import { base, me } from './dom.js';
import { keep, recall } from './store.js';

const KEY = `gif-chat:pictures:${base}`;
/** What stands instead of a visitor where everything is to be erased. */
const NOBODY = '';

/** @returns {Record<string, string>} conversation -> id of the visitor whose pictures wait there */
const all = () => recall('local', KEY, {});

/** @param {Record<string, string>} now */
const write = (now) => keep('local', KEY, Object.keys(now).length ? now : undefined);

/** The conversations in which this visitor's pictures wait. */
export const waitingPlaces = () => Object.keys(all()).filter((place) => all()[place] === me.id);

/** Conversations whose pictures nobody will send. */
export const stalePlaces = () => Object.keys(all()).filter((place) => all()[place] !== me.id);

/** @param {string} conversation its key */
export const arePicturesWaiting = (conversation) => all()[conversation] === me.id;

/** Said before the first picture is kept. @param {string} conversation */
export const picturesWait = (conversation) => write({ ...all(), [conversation]: me.id });

/** The room has ended, or the reader has left: what waits there is to be erased. @param {string} conversation */
export function forgetPictures(conversation) {
  if (conversation in all()) write({ ...all(), [conversation]: NOBODY });
}

/** Nothing waits there any more. @param {string} conversation */
export function noPicturesWait(conversation) {
  if (conversation in all())
    write(Object.fromEntries(Object.entries(all()).filter(([place]) => place !== conversation)));
}
