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

  /** Lead the reader to a message. @param {number} seq */
  async function to(seq) {
    const isHere = Boolean(rowAt(seq));
    if (!isHere) {
      const conversation = shown();
      const found = await conversation?.loadBack(seq).catch(() => null);
      if (conversation !== shown()) return;
      if (!found) return notice(t(found === null ? 'chat.older_failed' : 'message.quote_gone'));
      // Drawn with the next frame.
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }
    const row = rowAt(seq);
    if (!row) return;
    row.scrollIntoView({ block: 'center', behavior: isHere && !isStill() ? 'smooth' : 'instant' });
    row.focus({ preventScroll: true });
    row.classList.add('is-lit');
    setTimeout(() => row.classList.remove('is-lit'), LIT_MS);
  }

  return {
    to,
    stop: on(log, 'click', (event) => {
      const quote = event.target instanceof Element ? event.target.closest('[data-quote]') : null;
      if (!quote) return;
      event.preventDefault();
      void to(Number(quote.getAttribute('data-quote')));
    }),
  };
}
