/** The entry "Print" of a conversation. A page holds the end of its log only, so what comes before is loaded first. */
import { on } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';

/** @type {import('../ui/lazy.js').Lazy<typeof import('./print-log.js')>} */
const part = lazy(new URL('./print-log.js', import.meta.url));

/** @param {() => import('./conversation.js').Conversation | null} shown */
export function initPrint(shown) {
  for (const button of document.querySelectorAll('[data-print]')) {
    button.removeAttribute('hidden');
    on(button, 'click', () => {
      const menu = button.closest('details');
      menu?.removeAttribute('open');
      menu?.querySelector('summary')?.focus();
      const conversation = shown();
      if (conversation) void part(({ printLog }) => void printLog(conversation));
    });
  }
}
