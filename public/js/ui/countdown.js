/** "You can try again in 12 seconds", counted down; the form's button waits with it. */
import { find, need, setText } from './dom.js';
import { t } from './words.js';

export function initCountdown() {
  const row = find('[data-countdown]', HTMLElement);
  if (!row) return () => {};
  const button = need('[data-submit]', HTMLButtonElement);
  const until = Date.now() + Number(row.dataset.countdown) * 1000;
  button.disabled = true;
  const timer = setInterval(() => {
    const left = Math.ceil((until - Date.now()) / 1000);
    setText(row, t(row.dataset.countdownKey ?? '', { count: Math.max(left, 0) }));
    if (left > 0) return;
    clearInterval(timer);
    button.disabled = false;
    row.hidden = true;
  }, 500);
  return () => clearInterval(timer);
}
