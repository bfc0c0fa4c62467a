/** The files of the pictures that wait in one conversation: in this page's memory, and in the browser's database. */
import { me } from '../ui/dom.js';
import { arePicturesWaiting, noPicturesWait, picturesWait } from '../ui/waiting-pictures.js';
import { erasePicture, keepPicture, keptPicture, keptPictures } from './picture-store.js';

/** @typedef {import('./picture-store.js').KeptPicture} KeptPicture */

/** @param {{ key: string, isKept: boolean }} parts `key` of the conversation; `isKept`: they outlive the page */
export function createKeptFiles({ key, isKept }) {
  /** clientId -> file. @type {Map<string, File>} */
  const files = new Map();
  /** Those that the database has, too. @type {Set<string>} */
  const stored = new Set();

  /** @param {string} clientId */
  function erase(clientId) {
    files.delete(clientId);
    if (stored.delete(clientId)) void erasePicture(clientId).then(tidy, () => undefined);
  }

  /** Of this conversation, in the order in which they were sent. */
  async function keptHere() {
    const kept = await keptPictures();
    return kept
      .filter(({ place, visitor }) => place === key && visitor === me.id)
      .sort((a, b) => a.at.localeCompare(b.at));
  }

  /** Another page may have pictures here: only the database knows whether any wait. */
  async function tidy() {
    if ((await keptHere()).length === 0) noPicturesWait(key);
  }

  return {
    erase,
    /**
     * @param {Omit<KeptPicture, 'visitor' | 'place'>} picture
     * @returns {Promise<boolean>} whether it outlives the page
     */
    async add({ clientId, at, file, alt, replyTo }) {
      files.set(clientId, file);
      if (!isKept) return false;
      try {
        picturesWait(key);
        await keepPicture({ clientId, visitor: me.id, place: key, at, file, alt, replyTo });
      } catch {
        return false;
      }
      stored.add(clientId);
      picturesWait(key);
      // Sent or taken back meanwhile.
      if (!files.has(clientId)) erase(clientId);
      return true;
    },
    /**
     * @param {string} clientId
     * @returns {Promise<File | undefined>} nothing for one that another page of the reader's has sent or taken back
     */
    async file(clientId) {
      const file = files.get(clientId);
      if (!stored.has(clientId)) return file;
      const isGone = await keptPicture(clientId).then(
        (kept) => kept === undefined,
        () => false,
      );
      return isGone ? undefined : file;
    },
    /** What was kept before this page was loaded. @returns {Promise<KeptPicture[]>} */
    async recall() {
      const kept = arePicturesWaiting(key) ? await keptHere().catch(() => []) : [];
      for (const { clientId, file } of kept) {
        files.set(clientId, file);
        stored.add(clientId);
      }
      if (kept.length === 0) noPicturesWait(key);
      return kept;
    },
  };
}
