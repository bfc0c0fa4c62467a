/** The connection to the server, shown only when it matters: nothing for two seconds, then a slim bar. */
import { base, need, on, setText, together } from './dom.js';
import { t } from './words.js';

const PATIENCE_MS = 2000;
const GOOD_NEWS_MS = 1600;
const TICK_MS = 5000;
/** Timers that stood still this long mean that the machine slept; a hidden page's are slowed to one a minute. */
const SLEPT_MS = 75_000;

/**
 * @param {{ wake: (sure: boolean) => void, waiting: () => string }} parts `wake` connects again; `sure`: the connection is
 *   dead even if it looks open; `waiting`: what waits beside messages, in words
 */
export function initConnection({ wake, waiting }) {
  const bar = need('[data-connection]', HTMLElement);
  const words = need('[data-connection-text]', HTMLElement, bar);
  let timer = 0;
  let down = false;

  function say() {
    bar.classList.remove('is-back');
    setText(words, `${t(navigator.onLine ? 'chat.reconnecting' : 'chat.offline')} ${waiting()}`.trim());
    bar.hidden = false;
  }
  function lost() {
    if (down) return;
    down = true;
    clearTimeout(timer);
    timer = window.setTimeout(say, PATIENCE_MS);
  }
  function back() {
    if (!down) return;
    down = false;
    clearTimeout(timer);
    if (bar.hidden) return;
    bar.classList.add('is-back');
    setText(words, t('chat.back_online'));
    timer = window.setTimeout(() => (bar.hidden = true), GOOD_NEWS_MS);
  }
  let ticked = Date.now();
  function tick() {
    const slept = Date.now() - ticked > SLEPT_MS;
    ticked = Date.now();
    if (!document.hidden && (slept || down)) wake(slept);
  }
  /** A site on this machine or this network is there without the internet: ask it before believing the browser. */
  async function doubt() {
    if (down) return;
    try {
      await fetch(`${base}/healthz`, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
    } catch {
      lost();
    }
  }
  const ticks = setInterval(tick, TICK_MS);
  const stop = together(
    on(window, 'online', () => wake(true)),
    // The socket may not know for 45 seconds; the browser does.
    on(window, 'offline', () => void doubt()),
    on(document, 'visibilitychange', () => document.hidden || tick()),
    () => clearTimeout(timer),
    () => clearInterval(ticks),
  );
  return {
    lost,
    back,
    /** What waits has changed. */
    waits: () => void (down && !bar.hidden && say()),
    stop,
  };
}
