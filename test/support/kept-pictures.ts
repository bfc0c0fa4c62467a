/// <reference lib="dom" />
/** What a browser's database keeps of pictures that wait to be sent (public/js/pictures/picture-store.js). */
import type { Page } from 'playwright-core';

/** How many pictures this page's site has in the browser. */
export const keptPictures = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const asked = indexedDB.open('gif-chat', 1);
        asked.onupgradeneeded = () => void asked.result.createObjectStore('pictures', { keyPath: 'clientId' });
        asked.onerror = () => reject(new Error('no database'));
        asked.onsuccess = () => {
          const count = asked.result.transaction('pictures').objectStore('pictures').count();
          count.onsuccess = () => resolve(count.result);
        };
      }),
  );
