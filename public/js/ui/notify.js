/**
 * Notifications of the browser: off until the reader asks for them by the switch, and only while the page is out of sight.
 * They say that there is something and never what or where: a notification is read over shoulders, on locked screens, and
 * kept by systems. The service worker shows them where it is there (Chrome for Android lets nobody else), else the page.
 */
import { find, on, together } from './dom.js';
import { notice } from './notice.js';
import { activeWorker } from './service-worker.js';
import { keep, recall } from './store.js';
import { t } from './words.js';

/** @typedef {'direct' | 'mention' | 'desk'} Kind */

const KEY = 'gif-chat:notify';

const isKnown = () => 'Notification' in window;
const isOn = () => isKnown() && Notification.permission === 'granted' && recall('local', KEY, false);

/** @param {Kind} kind */
const wordsOf = (kind) =>
  kind === 'direct' ? t('notify.direct') : kind === 'mention' ? t('notify.mention') : t('notify.desk');

/** One of a kind stands at a time; of mentions one a place, which it leads to. @param {Kind} kind */
const tagOf = (kind) => `gif-chat:${kind}${kind === 'mention' ? `:${location.pathname}` : ''}`;

/** What this page has told, until it is seen. */
function createNotes() {
  /** Shown by the page itself. @type {Map<string, Notification>} */
  const own = new Map();
  /** @type {Set<string>} */
  const tags = new Set();

  /** @param {string} tag */
  async function close(tag) {
    own.get(tag)?.close();
    own.delete(tag);
    const worker = await activeWorker();
    for (const note of (await worker?.getNotifications({ tag })) ?? []) note.close();
  }

  async function closeAll() {
    const told = [...tags];
    tags.clear();
    for (const tag of told) await close(tag);
  }

  return {
    /** @param {Kind} kind */
    async show(kind) {
      const tag = tagOf(kind);
      const icon = find('link[rel="apple-touch-icon"]', HTMLLinkElement)?.href;
      const options = { body: wordsOf(kind), tag, data: { path: location.pathname }, ...(icon ? { icon } : {}) };
      // The next one is told anew: with the tag alone it would replace the last one silently.
      await close(tag);
      tags.add(tag);
      const worker = await activeWorker();
      if (worker) await worker.showNotification(t('site.name'), options);
      else {
        const note = new Notification(t('site.name'), options);
        own.set(tag, note);
        note.onclick = () => {
          window.focus();
          note.close();
        };
      }
      // The page was seen meanwhile.
      if (!document.hidden) await closeAll();
    },
    closeAll,
  };
}

/** The switch of this page, if it has one, and what tells. */
export function initNotify() {
  const item = find('[data-notify-item]', HTMLElement);
  const toggle = find('[data-notify]', HTMLInputElement);
  const notes = createNotes();
  /** One after another: two at once would stand side by side. */
  let work = Promise.resolve();
  if (item && toggle && isKnown()) {
    item.hidden = false;
    toggle.checked = isOn();
  }

  async function switched() {
    if (!toggle) return;
    keep('local', KEY, toggle.checked || undefined);
    if (!toggle.checked || isOn()) return;
    await Notification.requestPermission();
    toggle.checked = isOn();
    if (isOn()) return;
    keep('local', KEY, undefined);
    notice(t('notify.refused'));
  }

  /** @param {() => Promise<void>} act */
  function then(act) {
    work = work.then(act).catch((error) => {
      // Some browsers have the permission and still show none: the title and the sound have to do.
      console.warn('no notification', error);
    });
  }

  const seen = () => then(notes.closeAll);
  return {
    /** @param {Kind} kind */
    tell(kind) {
      if (document.hidden && isOn()) then(() => notes.show(kind));
    },
    stop: together(
      on(toggle, 'change', () => void switched()),
      on(document, 'visibilitychange', () => document.hidden || seen()),
      on(window, 'focus pagehide', seen),
      seen,
    ),
  };
}
