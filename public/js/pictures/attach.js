/** Pictures that are chosen, pasted or dropped: what shows and sends them is loaded with the first. */
import { need, on, together } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';
import { filesOf, watchDrops } from './drops.js';

/** @typedef {import('./attachment.js').Parts} Parts */
/** @type {import('../ui/lazy.js').Lazy<typeof import('./outgoing.js')>} */
const part = lazy(new URL('./outgoing.js', import.meta.url));

/** So long after the page it is loaded all the same: a picture can be chosen and kept when the connection has gone. */
const AHEAD_MS = 3000;

/** @param {Parts} parts */
export function initAttach(parts) {
  const input = need('[data-attach-file]', HTMLInputElement);
  /** @type {ReturnType<typeof import('./attachment.js').createAttachment> | null} */
  let current = null;

  /** @param {readonly File[]} files */
  function take(files) {
    const to = parts.target();
    if (!files.length || !to) return;
    void part(({ outgoing }) => {
      current ??= outgoing.createAttachment(parts);
      if (to === parts.target()) current.take(files);
    });
  }

  const ahead = setTimeout(() => void part(() => undefined, { quietly: true }), AHEAD_MS);
  const stop = together(
    on(input, 'change', () => {
      take([...(input.files ?? [])]);
      // The same file may be chosen again.
      input.value = '';
    }),
    on(document, 'paste', (event) => {
      const files = filesOf(event.clipboardData).filter((file) => file.type.startsWith('image/'));
      if (!files.length) return;
      event.preventDefault();
      take(files);
    }),
    watchDrops(take),
    () => current?.stop(),
    () => clearTimeout(ahead),
  );
  return {
    /** @returns {boolean} whether there was a picture to send */
    send: () => current?.send() ?? false,
    /** Another conversation is open. */
    leave: () => current?.leave(),
    stop,
  };
}
