/**
 * The pictures that one conversation has on their way: nothing until there are any. Pictures go beside the texts, so that a
 * large one on a slow connection holds up no word.
 */
import { lazy } from '../ui/lazy.js';
import { arePicturesWaiting, forgetPictures } from '../ui/waiting-pictures.js';

/** @typedef {import('./picture-outbox.js').ChosenPicture} ChosenPicture */

/** @type {import('../ui/lazy.js').Lazy<typeof import('./outgoing.js')>} */
const part = lazy(new URL('./outgoing.js', import.meta.url));

/** @param {import('./picture-outbox.js').Parts} parts */
export function createPictureLane(parts) {
  /** @type {ReturnType<typeof import('./picture-outbox.js').createPictureOutbox> | null} */
  let outbox = null;
  let stopped = false;

  /** @param {(outbox: ReturnType<typeof import('./picture-outbox.js').createPictureOutbox>) => void} act */
  function use(act) {
    void part(({ outgoing }) => {
      if (stopped) return;
      outbox ??= outgoing.createPictureOutbox(parts);
      act(outbox);
    });
  }

  if (parts.isKept && arePicturesWaiting(parts.key)) use((there) => void there.restore());
  return {
    items: () => outbox?.items() ?? [],
    /** @param {readonly ChosenPicture[]} pictures */
    add: (pictures) => use((there) => there.add(pictures)),
    /** @param {string} clientId */
    retry: (clientId) => outbox?.retry(clientId),
    /** It is stored, or no longer wanted. @param {string} clientId */
    settle: (clientId) => outbox?.settle(clientId),
    kick: () => outbox?.kick(),
    /** The conversation has ended for the reader: what waits is erased. */
    forget() {
      forgetPictures(parts.key);
      outbox?.forget();
    },
    stop() {
      stopped = true;
      outbox?.stop();
    },
  };
}
