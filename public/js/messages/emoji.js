/** All emoji: what shows them is loaded at their first use. */
import { find, on } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';
import { t } from '../ui/words.js';

/** @type {import('../ui/lazy.js').Lazy<typeof import('./emoji-panel.js')>} */
const panel = lazy(new URL('./emoji-panel.js', import.meta.url));

/** Choose from all emoji. @param {import('./emoji-panel.js').Use} use */
export const openEmoji = (use) => void panel(({ toggleEmoji }) => void toggleEmoji(use));

/** The button of the composer. @param {{ insert: (emoji: string) => void, focus: () => void }} parts `insert`: into the text */
export function initEmojiButton({ insert, focus }) {
  const button = find('[data-emoji-open]', HTMLButtonElement);
  return on(button, 'click', () =>
    openEmoji({ title: t('emoji.title'), choose: insert, isOnce: false, closed: focus }),
  );
}
