/// <reference lib="dom" />
/**
 * Headless browsers allow no notifications: what the browser would show is noted instead. The permission, the page's
 * `Notification` and the service worker's registration are stubs; everything before them is the site's own.
 */
import type { Page } from 'playwright-core';
import { waitFor } from './wait.js';

/** A notification that was shown, and whether it still stands. `worker`: by way of the service worker. */
export interface Note {
  title: string;
  body: string;
  tag: string;
  path: string;
  worker: boolean;
  stands: boolean;
}

/** Note from the page's next load on what it shows. @param answer what the reader says when they are asked */
export const stubNotifications = (page: Page, answer: NotificationPermission): Promise<unknown> =>
  page.addInitScript((given) => {
    const kept: Note[] = [];
    const noted = (title: string, { body = '', tag = '', data }: NotificationOptions, worker: boolean): Note => {
      const { path } = data as { path: string };
      const note = { title, body, tag, path, worker, stands: true };
      kept.push(note);
      return note;
    };
    let permission: NotificationPermission = 'default';
    class Shown {
      static get permission() {
        return permission;
      }
      static requestPermission = () => Promise.resolve((permission = given));
      note: Note;
      constructor(title: string, options: NotificationOptions) {
        this.note = noted(title, options, false);
      }
      close() {
        this.note.stands = false;
      }
    }
    const registration = {
      showNotification: (title: string, options: NotificationOptions) =>
        Promise.resolve(void noted(title, options, true)),
      getNotifications: ({ tag }: { tag: string }) =>
        Promise.resolve(
          kept
            .filter((note) => note.worker && note.stands && note.tag === tag)
            .map((note) => ({ close: () => (note.stands = false) })),
        ),
    };
    Object.assign(ServiceWorkerRegistration.prototype, registration);
    Object.assign(window, { Notification: Shown, notes: kept });
  }, answer);

export const notes = (page: Page): Promise<Note[]> =>
  page.evaluate(() => (window as unknown as { notes: Note[] }).notes);

const standing = async (page: Page) => (await notes(page)).filter(({ stands }) => stands);

/** Wait until as many notifications stand, and give them. */
export const stand = (page: Page, count: number): Promise<Note[]> =>
  waitFor(`${count} notifications`, async () => {
    const found = await standing(page);
    return found.length === count && found;
  });

/** Put the page out of its reader's sight, or back into it. */
export const hide = (page: Page, hidden: boolean): Promise<void> =>
  page.evaluate((is) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: is });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
