/**
 * "5 minutes ago" stays true: every `time[data-ago]` is said again each half minute. A `time[data-at]`, a moment to come,
 * is said in the reader's own zone, where the server had to guess it.
 */
import { setText } from './dom.js';
import { t, time } from './words.js';

/** @param {ParentNode} [within] */
export function sayAges(within = document) {
  for (const element of within.querySelectorAll('time[data-ago]')) {
    const iso = element.getAttribute('datetime') ?? '';
    setText(element, t(element.getAttribute('data-ago') ?? '', { when: time(iso, 'ago') }));
  }
  for (const element of within.querySelectorAll('time[data-at]')) {
    const iso = element.getAttribute('datetime') ?? '';
    setText(element, t(element.getAttribute('data-at') ?? '', { when: time(iso, 'clock') }));
  }
}

/** Clock times that the server wrote for a zone it had to guess. */
export function sayTimes() {
  for (const element of document.querySelectorAll('time[data-time]')) {
    const style = element.getAttribute('data-time') === 'full' ? 'full' : 'clock';
    setText(element, time(element.getAttribute('datetime') ?? '', style));
  }
}

export function initAges() {
  sayAges();
  const timer = setInterval(sayAges, 30_000);
  return () => clearInterval(timer);
}
