/** Show and hide a password; on the new-room form also how hard it is to guess, in words. */
import { find, need, on, setText, together } from '../ui/dom.js';
import { strength } from './strength.js';
import { t } from '../ui/words.js';

export function initPasswordField() {
  const box = need('[data-password]', HTMLElement);
  const input = need('input', HTMLInputElement, box);
  const reveal = need('[data-reveal]', HTMLButtonElement, box);
  const meter = find('[data-strength]', HTMLElement);
  const words = find('[data-strength-words]', HTMLElement);

  /** @param {boolean} shown */
  function show(shown) {
    input.type = shown ? 'text' : 'password';
    reveal.setAttribute('aria-pressed', String(shown));
    reveal.setAttribute('aria-label', t(shown ? 'ui.hide_password' : 'ui.show_password'));
  }

  function rate() {
    if (!meter || !words) return;
    meter.hidden = input.value === '';
    const score = strength(input.value);
    meter.dataset.score = String(score);
    setText(words, input.value ? t(`room_new.strength_${score}`) : '');
  }

  reveal.hidden = false;
  rate();
  return together(
    on(reveal, 'click', () => {
      show(input.type === 'password');
      input.focus();
    }),
    on(input, 'input', rate),
    // A shown password would be offered by autofill as ordinary text.
    on(input.form, 'submit', () => show(false)),
  );
}
