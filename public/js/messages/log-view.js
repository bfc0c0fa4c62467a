/**
 * Draws the rows of the log model. At the bottom it follows what comes; anywhere else nothing moves under the reader.
 * The log is laid out from the bottom (column-reverse): scrollTop is 0 there and negative above.
 */
import { find, h, need, on, setText, together } from '../ui/dom.js';
import { lang, t, time } from '../ui/words.js';
import { messageElement } from './message.js';
import { presenceText } from './presence.js';

/** @typedef {import('./rows.js').Row} Row */

const NEAR = 48;

/**
 * @param {{
 *   shiftOf: import('./message.js').ShiftOf, quoted: (seq: number) => import('./message.js').Message | undefined,
 *   onBottom: () => void, nameLink?: import('./message.js').NameLink,
 *   drawn?: import('./message.js').Drawn | undefined,
 * }} parts
 */
export function initLogView({ shiftOf, quoted, onBottom, nameLink, drawn }) {
  const log = need('[data-log]', HTMLElement);
  const list = need('[data-rows]', HTMLElement, log);
  const pill = need('[data-pill]', HTMLButtonElement);
  const pillText = need('[data-pill-text]', HTMLElement, pill);
  const empty = find('[data-log-empty]', HTMLElement, log);
  let unread = 0;

  const atBottom = () => log.scrollTop > -NEAR;
  const toBottom = () => void (log.scrollTop = 0);

  /** @param {Row} row @param {HTMLElement} [there] @returns {HTMLElement} */
  function element(row, there) {
    if (row.kind === 'message' || row.kind === 'pending')
      return messageElement(row, { shiftOf, quoted, nameLink, drawn }, there);
    if (row.kind === 'new') return there ?? h('li', { class: 'new-line', 'data-key': row.key }, t('chat.new_line'));
    const own = there ?? h('li', { class: row.kind === 'day' ? 'day' : 'presence', 'data-key': row.key });
    const words =
      row.kind === 'day' ? time(row.at, 'day') : row.kind === 'step' ? row.words : presenceText(row, t, lang);
    if (own.textContent !== words)
      own.replaceChildren(row.kind === 'day' ? h('time', { datetime: row.at }, words) : words);
    return own;
  }

  /** @param {readonly Row[]} rows */
  function reconcile(rows) {
    const there = new Map([...list.children].map((child) => [child.getAttribute('data-key'), child]));
    /** @type {Element | null} */
    let cursor = list.firstElementChild;
    for (const row of rows) {
      const old = there.get(row.key);
      there.delete(row.key);
      const made = element(row, old instanceof HTMLElement ? old : undefined);
      if (made === cursor) cursor = cursor.nextElementSibling;
      else list.insertBefore(made, cursor);
    }
    for (const gone of there.values()) gone.remove();
    if (empty) empty.hidden = rows.some((row) => row.kind === 'message' || row.kind === 'pending');
  }

  /** The first row that the reader sees, and where. */
  function anchor() {
    const top = log.getBoundingClientRect().top;
    const rows = [...list.querySelectorAll('li')];
    const seen = rows.find((row) => row.getBoundingClientRect().bottom > top + 1);
    return seen ? { seen, at: seen.getBoundingClientRect().top } : null;
  }

  function showPill() {
    const far = log.scrollTop < -log.clientHeight;
    pill.hidden = atBottom() || (unread === 0 && !far);
    pill.classList.toggle('is-quiet', unread === 0);
    setText(pillText, unread ? t('chat.new_pill', { count: unread }) : t('chat.to_bottom'));
  }

  const stop = together(
    on(
      log,
      'scroll',
      () => {
        if (atBottom() && unread) unread = 0;
        if (atBottom()) onBottom();
        showPill();
      },
      { passive: true },
    ),
    on(pill, 'click', () => {
      toBottom();
      log.focus({ preventScroll: true });
    }),
  );

  return {
    log,
    atBottom,
    toBottom,
    /**
     * @param {readonly Row[]} rows
     * @param {{ arrived?: number, quietly?: boolean }} [how] others' messages that came in; quietly: not read aloud
     */
    draw(rows, { arrived = 0, quietly = false } = {}) {
      const follow = atBottom();
      const kept = follow ? null : anchor();
      if (quietly) log.setAttribute('aria-live', 'off');
      reconcile(rows);
      if (follow) toBottom();
      else if (kept?.seen.isConnected) log.scrollTop += kept.seen.getBoundingClientRect().top - kept.at;
      if (!follow) unread += arrived;
      if (quietly) setTimeout(() => log.removeAttribute('aria-live'), 300);
      showPill();
    },
    /** Another conversation will be drawn: rows of two conversations have the same keys. */
    clear() {
      list.replaceChildren();
      unread = 0;
      showPill();
    },
    /** On arrival: begin where the reader left off, if that is further up than one screen. @param {number} count new ones */
    startAtNew(count) {
      const row = find('.new-line', HTMLElement, list);
      if (!row || row.getBoundingClientRect().top >= log.getBoundingClientRect().top) return;
      row.scrollIntoView({ block: 'start' });
      unread = count;
      showPill();
    },
    stop,
  };
}
