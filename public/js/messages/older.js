/** Older messages load when the reader comes near the top. */
import { find, need, on, setText, together } from '../ui/dom.js';
import { t } from '../ui/words.js';

/**
 * @param {HTMLElement} log
 * @param {{ more: boolean, load: () => Promise<boolean> }} parts `load` resolves to whether there is still more
 */
export function initOlder(log, { more, load }) {
  const line = need('[data-older]', HTMLElement, log);
  const words = need('span', HTMLElement, line);
  const begin = find('[data-begin]', HTMLElement, log);
  let busy = false;
  let failed = false;

  async function run() {
    if (busy || !more) return;
    busy = true;
    setText(words, t('chat.older'));
    try {
      more = await load();
      failed = false;
      line.hidden = !more;
      if (begin) begin.hidden = more;
    } catch {
      failed = true;
      setText(words, `${t('chat.older_failed')} ${t('ui.retry')}`);
    }
    line.classList.toggle('is-failed', failed);
    busy = false;
    if (more && !failed && near()) void run();
  }

  /** @param {boolean} hasMore */
  function offer(hasMore) {
    more = hasMore;
    failed = false;
    line.hidden = !more;
    line.classList.remove('is-failed');
    if (begin) begin.hidden = more;
  }

  const near = () => line.getBoundingClientRect().bottom > log.getBoundingClientRect().top - 400;
  const watch = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting) && !failed) void run();
    },
    { root: log, rootMargin: '600px 0px 0px 0px' },
  );
  watch.observe(line);
  return {
    /** The oldest were forgotten: there is something to load again. */
    reopen: () => offer(true),
    /** Another conversation is shown. @param {boolean} hasMore */
    offer,
    stop: together(
      on(line, 'click', () => void run()),
      () => watch.disconnect(),
    ),
  };
}
