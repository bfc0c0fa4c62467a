/** From a quote to the message itself: older messages are loaded if need be, and the message lights up once. */
import { on } from '../ui/dom.js';
import { notice } from '../ui/notice.js';
import { t } from '../ui/words.js';

/** Milliseconds for which a message lights up. */
const LIT_MS = 1500;

const isStill = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/**
 * @param {HTMLElement} log
 * @param {{ shown: () => import('./conversation.js').Conversation | null }} parts
 */
export function initJump(log, { shown }) {
  /** @param {number} seq */
  const rowAt = (seq) => document.getElementById(`m-${seq}`);

  /**
   * Load a message if need be.
   * @param {number} seq
   * @returns {Promise<string>} why it cannot be shown, in words; '' if it can be
   */
  async function find(seq) {
    if (rowAt(seq)) return '';
    const found = await shown()
      ?.loadBack(seq)
      .catch(() => null);
    if (!found) return t(found === null ? 'chat.older_failed' : 'message.quote_gone');
    // Drawn with the next frame.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return '';
  }

  /** Lead the reader to a message that is here. @param {number} seq @param {{ isFar?: boolean }} [how] isFar: it was not there before */
  function show(seq, { isFar = false } = {}) {
    const row = rowAt(seq);
    if (!row) return;
    row.scrollIntoView({ block: 'center', behavior: isFar || isStill() ? 'instant' : 'smooth' });
    row.focus({ preventScroll: true });
    row.classList.add('is-lit');
    setTimeout(() => row.classList.remove('is-lit'), LIT_MS);
  }

  /** Lead the reader to a message. @param {number} seq */
  async function to(seq) {
    const conversation = shown();
    const isFar = !rowAt(seq);
    const why = await find(seq);
    if (conversation !== shown()) return;
    if (why) notice(why);
    else show(seq, { isFar });
  }

  return {
    find,
    show,
    stop: on(log, 'click', (event) => {
      const quote = event.target instanceof Element ? event.target.closest('[data-quote]') : null;
      if (!quote) return;
      event.preventDefault();
      void to(Number(quote.getAttribute('data-quote')));
    }),
  };
}
