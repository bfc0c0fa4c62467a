/** Older messages load when the reader comes near the top. */
import { find, need, on, setText, together } from '../ui/dom.js';
import { t } from '../ui/words.js';

/** Pixels above the log within which older messages are loaded already. */
const [NEAR, AHEAD] = [400, 600];

/**
 * @param {HTMLElement} log
 * @param {{ load: () => Promise<boolean> }} parts `load` resolves to whether there is still more
 */
export function initOlder(log, { load }) {
  const row = need('[data-older]', HTMLElement, log);
  const words = need('span', HTMLElement, row);
  const begin = find('[data-begin]', HTMLElement, log);
  /** As the server drew the page. */
  let more = !row.hidden;
  let busy = false;
  let failed = false;

  async function run() {
    if (busy || !more) return;
    busy = true;
    setText(words, t('chat.older'));
    try {
      show(await load());
      failed = false;
    } catch {
      failed = true;
      setText(words, `${t('chat.older_failed')} ${t('ui.retry')}`);
    }
    row.classList.toggle('is-failed', failed);
    busy = false;
    if (more && !failed && near()) void run();
  }

  /** @param {boolean} hasMore */
  function show(hasMore) {
    more = hasMore;
    row.hidden = !more;
    if (begin) begin.hidden = more;
  }

  const near = () => row.getBoundingClientRect().bottom > log.getBoundingClientRect().top - NEAR;
  const watch = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting) && !failed) void run();
    },
    { root: log, rootMargin: `${AHEAD}px 0px 0px 0px` },
  );
  watch.observe(row);
  return {
    /** Another conversation is shown, or its oldest messages were forgotten. @param {boolean} hasMore */
    offer(hasMore) {
      if (hasMore === more && !failed) return;
      failed = false;
      row.classList.remove('is-failed');
      show(hasMore);
    },
    /** The connection is back: what failed may succeed. */
    again: () => failed && near() && void run(),
    stop: together(
      on(row, 'click', () => void run()),
      () => watch.disconnect(),
    ),
  };
}
