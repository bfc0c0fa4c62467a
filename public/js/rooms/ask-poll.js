/** The host asks: a dialog with the question and its options. Loaded when it is opened first. */
import { request } from '../net/api.js';
import { buildDialog } from '../ui/dialog.js';
import { find, h, icon, on, setText } from '../ui/dom.js';
import { failureText, t } from '../ui/words.js';

/** @typedef {import('../../../schemas/rooms/contract.js').MessageView} MessageView */
/** How long a question and an option may be, and how many options. @typedef {{ question: number, option: number, options: { min: number, max: number } }} Limits */
/** @typedef {{ room: string, limits: Limits, asked: (message: MessageView) => void }} Parts */

/** @type {HTMLDialogElement | undefined} */
let dialog;

/** @param {Parts} parts */
export function openAskPoll(parts) {
  dialog ??= build(parts);
  dialog.showModal();
}

/** @param {Parts} parts */
function build({ room, limits, asked }) {
  const { min, max } = limits.options;
  const question = h('input', {
    type: 'text',
    id: 'poll-question',
    maxlength: String(limits.question),
    required: true,
  });
  const options = h('div', { class: 'poll-fields', role: 'group', 'aria-label': t('poll.options') });
  const more = h('button', { type: 'button', class: 'button quiet' }, icon('plus'), t('poll.add'));
  const multiple = h('input', { type: 'checkbox' });
  const named = h('input', { type: 'checkbox' });
  const failed = h('p', { class: 'field-error', role: 'alert', hidden: true });
  const form = h(
    'form',
    { class: 'form' },
    h('div', { class: 'field' }, h('label', { for: 'poll-question' }, t('poll.question')), question),
    h('div', { class: 'field' }, options, more),
    h(
      'div',
      {},
      h('label', { class: 'tick' }, multiple, t('poll.multiple')),
      h('label', { class: 'tick' }, named, t('poll.named')),
    ),
    failed,
    h('p', { class: 'form-end' }, h('button', { class: 'button primary wide-button' }, t('poll.send'))),
  );
  const box = buildDialog({ name: 'poll-dialog', title: t('poll.ask') }, form);

  function addOption() {
    const words = t('poll.option', { number: options.children.length + 1 });
    const required = options.children.length < min;
    options.append(
      h('input', { type: 'text', maxlength: String(limits.option), 'aria-label': words, placeholder: words, required }),
    );
    more.hidden = options.children.length >= max;
  }
  function clear() {
    form.reset();
    failed.hidden = true;
    options.replaceChildren();
    for (let number = 0; number < min; number++) addOption();
  }

  on(more, 'click', () => {
    addOption();
    if (options.lastElementChild instanceof HTMLElement) options.lastElementChild.focus();
  });
  on(form, 'submit', async (event) => {
    event.preventDefault();
    const send = find('.primary', HTMLButtonElement, form);
    if (send) send.disabled = true;
    try {
      const texts = [...options.querySelectorAll('input')].map(({ value }) => value);
      asked(
        await request(`/room/${room}/polls`, {
          method: 'POST',
          body: { question: question.value, options: texts, multiple: multiple.checked, named: named.checked },
        }),
      );
      box.close();
      clear();
    } catch (error) {
      setText(failed, failureText(error));
      failed.hidden = false;
    } finally {
      if (send) send.disabled = false;
    }
  });
  clear();
  document.body.append(box);
  return box;
}
