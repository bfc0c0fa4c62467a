/**
 * The new-room form: slider and number say the same, the card shows what will be. Sending stays the browser's own: the
 * server's answer is a page with every value kept.
 */
import { find, me, need, on, setText, together } from '../ui/dom.js';
import { t } from '../ui/words.js';
import { fillCard } from './room-card.js';

export function initRoomForm() {
  const form = need('[data-room-form]', HTMLFormElement);
  const title = need('#title', HTMLInputElement, form);
  const range = need('[data-max-range]', HTMLInputElement, form);
  const number = need('[data-max-number]', HTMLInputElement, form);
  const password = need('#password', HTMLInputElement, form);
  const words = need('[data-max-words]', HTMLElement, form);
  const submit = need('[data-submit]', HTMLButtonElement, form);
  const card = find('[data-preview] .room', HTMLElement);

  function draw() {
    const max = Number(range.value);
    setText(words, t('room_new.max_value', { count: max }));
    range.setAttribute('aria-valuetext', t('room_new.max_value', { count: max }));
    const name = title.value.trim() || t('room_new.preview_title');
    if (card) fillCard(card, { title: name, max, people: 1, faces: [me], locked: password.value !== '', owner: me.id });
  }

  /** @param {Event} event */
  function typed(event) {
    if (event.target === number && number.value && number.validity.valid) range.value = number.value;
    if (event.target === range) number.value = range.value;
    if (event.target instanceof HTMLInputElement) forgive(event.target === range ? number : event.target);
    draw();
  }

  /** An error of the server's goes as soon as its field is being mended. @param {HTMLInputElement} input */
  function forgive(input) {
    input.removeAttribute('aria-invalid');
    const error = find(`[data-error="${input.name}"]`, HTMLElement, form);
    if (error) error.hidden = true;
  }

  draw();
  find('[aria-invalid="true"]', HTMLElement, form)?.focus();
  return together(
    on(form, 'input', typed),
    on(number, 'change', () => {
      range.value = number.value;
      number.value = range.value;
      draw();
    }),
    on(form, 'submit', () => {
      submit.disabled = true;
      setText(submit, t('room_new.submitting'));
    }),
    // Back from the room's page with the browser's button: the form is as it was, and ready.
    on(window, 'pageshow', () => {
      submit.disabled = false;
      setText(submit, t('room_new.submit'));
      draw();
    }),
  );
}
