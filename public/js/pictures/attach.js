/** Pictures that are chosen, pasted or dropped: what shows and sends them is loaded with the first. */
import { need, on, together } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';
import { pictureOf, watchDrops } from './drops.js';

/** @typedef {import('./attachment.js').Parts} Parts */
/** @type {import('../ui/lazy.js').Lazy<typeof import('./attachment.js')>} */
const attachment = lazy(new URL('./attachment.js', import.meta.url));

/** @param {Parts} parts */
export function initAttach(parts) {
  const input = need('[data-attach-file]', HTMLInputElement);
  /** @type {ReturnType<typeof import('./attachment.js').createAttachment> | null} */
  let current = null;

  /** @param {File | undefined} file */
  function take(file) {
    const to = parts.target();
    if (!file || !to) return;
    void attachment(({ createAttachment }) => {
      current ??= createAttachment(parts);
      if (to === parts.target()) void current.take(file);
    });
  }

  const stop = together(
    on(input, 'change', () => {
      take(input.files?.[0]);
      // The same file may be chosen again.
      input.value = '';
    }),
    on(document, 'paste', (event) => {
      const file = pictureOf(event.clipboardData);
      if (!file) return;
      event.preventDefault();
      take(file);
    }),
    watchDrops(take),
    () => current?.stop(),
  );
  return {
    /** @returns {boolean} whether there was a picture to send */
    send: () => current?.send() ?? false,
    /** Another conversation is open. */
    leave: () => current?.leave(),
    stop,
  };
}
