/** One sentence that something did not work, over the page for six seconds. */
import { h, icon } from './dom.js';

/** @param {string} words */
export function notice(words) {
  document.querySelector('.notice')?.remove();
  const box = h('div', { class: 'notice', role: 'alert' }, icon('circle-alert'), h('p', {}, words));
  document.body.append(box);
  setTimeout(() => box.remove(), 6000);
}
