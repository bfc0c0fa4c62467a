/**
 * Pictures on their way to the server, kept in the browser's database over a reload. All functions reject where there is no
 * database (private windows) and, with a QuotaExceededError, where it is full.
 */
import { base } from '../ui/dom.js';

/**
 * `visitor` and `place` (the conversation's key) say whose it is.
 * @typedef {{ clientId: string, visitor: string, place: string, at: string, file: File, alt: string, replyTo?: import('../messages/message-quote.js').Quote | undefined }} KeptPicture
 */

const STORE = 'pictures';

/** @type {Promise<IDBDatabase> | null} */
let opening = null;

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(`gif-chat${base}`, 1);
    asked.onupgradeneeded = () => void asked.result.createObjectStore(STORE, { keyPath: 'clientId' });
    asked.onerror = () => reject(asked.error ?? new Error('no database'));
    asked.onsuccess = () => {
      // The reader clears the site's data: it must not wait for this page.
      asked.result.onversionchange = () => {
        asked.result.close();
        opening = null;
      };
      asked.result.onclose = () => (opening = null);
      resolve(asked.result);
    };
  });
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T>} once it is stored
 */
async function inStore(mode, act) {
  opening ??= open();
  opening.catch(() => (opening = null));
  const transaction = (await opening).transaction(STORE, mode);
  const asked = act(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
  });
}

/** @returns {Promise<KeptPicture[]>} */
export const keptPictures = () => inStore('readonly', (store) => store.getAll());

/** @param {string} clientId @returns {Promise<KeptPicture | undefined>} */
export const keptPicture = (clientId) => inStore('readonly', (store) => store.get(clientId));

/** @param {KeptPicture} picture */
export const keepPicture = (picture) => inStore('readwrite', (store) => store.put(picture));

/** @param {string} clientId */
export const erasePicture = (clientId) => inStore('readwrite', (store) => store.delete(clientId));
