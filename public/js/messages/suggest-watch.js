/** Waits for the first `@` or `:` in the composer, with which completion is loaded. */
import { find, on } from '../ui/dom.js';
import { lazy } from '../ui/lazy.js';

/** @type {import('../ui/lazy.js').Lazy<typeof import('./suggest.js')>} */
const suggest = lazy(new URL('./suggest.js', import.meta.url));

/** @param {HTMLFormElement} form @param {() => readonly import('./suggest.js').Somebody[]} people who can be named */
export function watchForSuggest(form, people) {
  const box = find('[data-text]', HTMLTextAreaElement, form);
  if (!box) return;
  let isAsked = false;
  const stop = on(box, 'input', () => {
    if (isAsked || !/(^|[^\p{L}\p{N}])[@:]/u.test(box.value)) return;
    isAsked = true;
    void suggest(({ createSuggest }) => {
      stop();
      createSuggest({ form, box, people });
    }).then(() => (isAsked = false));
  });
}
