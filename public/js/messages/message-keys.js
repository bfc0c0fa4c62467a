/**
 * Messages by keyboard: the log is one stop of the Tab key, arrows walk from message to message and, within one, to its
 * buttons. Enter or the menu key opens the menu, Escape leads back to the composer.
 */
import { on, together } from '../ui/dom.js';

/** What of a message the arrows reach beside it. */
const WITHIN = '.msg-tools button, .reaction, .msg-quote';

/** @param {Element | null | undefined} element @returns {HTMLElement | null} */
const html = (element) => (element instanceof HTMLElement ? element : null);

/** The row that something belongs to. @param {EventTarget | null} target @returns {HTMLElement | null} */
export const rowOf = (target) => (target instanceof Element ? html(target.closest('.msg[id]')) : null);

/**
 * @param {HTMLElement} log
 * @param {{
 *   open: (row: HTMLElement) => void, act: (row: HTMLElement, key: string) => boolean, focused: (row: HTMLElement) => void,
 *   leave: () => void,
 * }} parts `open`: the menu of a message; `act`: on another key, whether it is one for an action; `focused`: the keyboard came to
 *   this message; `leave`: back to the composer
 */
export function initMessageKeys(log, { open, act, focused, leave }) {
  const rows = () => [...log.querySelectorAll('.msg[id]')].flatMap((row) => html(row) ?? []);
  /** The message that Tab reaches. @type {HTMLElement | null} */
  let stop = null;

  /** @param {HTMLElement | null} row */
  function setStop(row) {
    if (stop === row) return;
    if (stop) stop.tabIndex = -1;
    stop = row;
    if (row) row.tabIndex = 0;
  }

  /** @param {HTMLElement} row @param {string} key */
  function rowFor(row, key) {
    const all = rows();
    const at = all.indexOf(row);
    if (key === 'ArrowUp') return all[at - 1];
    if (key === 'ArrowDown') return all[at + 1];
    if (key === 'Home') return all[0];
    return key === 'End' ? all.at(-1) : undefined;
  }

  /** @param {HTMLElement} row @param {HTMLElement} from @param {string} key */
  function within(row, from, key) {
    const by = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    if (!by) return undefined;
    const buttons = [...row.querySelectorAll(WITHIN)].flatMap((each) => html(each) ?? []);
    const all = [row, ...buttons.filter((each) => each.offsetParent)];
    const at = all.indexOf(from);
    return at < 0 ? undefined : all[at + by];
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const from = html(event.target instanceof Element ? event.target : null);
    const row = rowOf(from);
    if (!row || !from || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (from.closest('.msg-edit, input, textarea, select')) return;
    const next = rowFor(row, event.key) ?? within(row, from, event.key);
    if (next) next.focus();
    else if (event.key === 'Escape') leave();
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) open(row);
    else if (from !== row) return;
    else if (event.key === 'Enter' || event.key === ' ') open(row);
    else if (event.key === 'ArrowDown') leave();
    else if (!act(row, event.key)) return;
    event.preventDefault();
  }

  const stopListening = together(
    on(log, 'keydown', key),
    on(log, 'focusin', ({ target }) => {
      const row = rowOf(target);
      if (!row) return;
      setStop(row);
      focused(row);
    }),
  );

  return {
    /** The log was drawn: unless the keyboard is at a message, it comes to the newest. */
    settled() {
      const all = rows();
      const has = all.find((row) => row.contains(document.activeElement));
      setStop(has ?? all.at(-1) ?? null);
    },
    stop: stopListening,
  };
}
