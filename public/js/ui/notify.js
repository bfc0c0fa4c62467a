/**
 * Notifications of the browser: off until the reader asks for them by the switch, and only while the page is out of sight.
 * They say that there is something and never what: a notification is read over shoulders and kept by systems.
 */
import { find, on, together } from './dom.js';
import { notice } from './notice.js';
import { keep, recall } from './store.js';
import { t } from './words.js';

/** @typedef {'direct' | 'mention' | 'desk'} Kind */

const KEY = 'gif-chat:notify';

const isKnown = () => 'Notification' in window;
const isOn = () => isKnown() && Notification.permission === 'granted' && recall('local', KEY, false);

/** @param {Kind} kind */
const wordsOf = (kind) =>
  kind === 'direct' ? t('notify.direct') : kind === 'mention' ? t('notify.mention') : t('notify.desk');

/** The switch of this page, if it has one, and what tells. */
export function initNotify() {
  const item = find('[data-notify-item]', HTMLElement);
  const toggle = find('[data-notify]', HTMLInputElement);
  /** One of a kind at a time. @type {Map<Kind, Notification>} */
  const shown = new Map();
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

  function closeAll() {
    for (const each of shown.values()) each.close();
    shown.clear();
  }

  return {
    /** @param {Kind} kind */
    tell(kind) {
      if (!document.hidden || !isOn()) return;
      const icon = find('link[rel="apple-touch-icon"]', HTMLLinkElement)?.href;
      const options = { body: wordsOf(kind), tag: `gif-chat:${kind}`, ...(icon ? { icon } : {}) };
      try {
        shown.get(kind)?.close();
        const note = new Notification(t('site.name'), options);
        shown.set(kind, note);
        note.onclick = () => {
          window.focus();
          note.close();
        };
      } catch {
        // Chrome for Android lets service workers alone notify: there the title and the sound have to do.
      }
    },
    stop: together(
      on(toggle, 'change', () => void switched()),
      on(document, 'visibilitychange', () => document.hidden || closeAll()),
      on(window, 'focus pagehide', closeAll),
      closeAll,
    ),
  };
}
