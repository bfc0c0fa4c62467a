/** Editing one's own message where it stands: Enter saves, Escape cancels. */
import { find, h, on } from '../ui/dom.js';
import { notice } from '../ui/notice.js';
import { failureText, t } from '../ui/words.js';

/**
 * @param {{
 *   message: import('../../../shared/timeline.js').Message, save: (text: string) => Promise<void>, emptied: () => void,
 *   done: () => void,
 * }} parts `emptied`: saved without a text; `done`: it was closed, however it ended
 */
export function openEdit({ message, save, emptied, done }) {
  const line = find(`#m-${message.seq} .msg-line`, HTMLElement);
  if (!line) return;
  const there = find('.msg-edit textarea', HTMLElement, line);
  if (there) return there.focus();
  const box = h('textarea', { rows: '1', 'aria-label': t('message.edit'), 'aria-describedby': 'edit-hint' });
  box.value = message.chat ?? '';
  const yes = h('button', { class: 'button primary' }, t('message.save'));
  const no = h('button', { class: 'button', type: 'button' }, t('ui.cancel'));
  const hint = h('span', { class: 'hint', id: 'edit-hint' }, t('message.edit_hint'));
  const form = h('form', { class: 'msg-edit' }, box, h('p', { class: 'msg-edit-end' }, hint, no, yes));

  const grow = () => {
    box.style.height = 'auto';
    box.style.height = `${box.scrollHeight + 2}px`;
  };
  function close() {
    form.remove();
    done();
  }
  async function submit() {
    const text = box.value.trim();
    if (text === message.chat) return close();
    if (!text) {
      close();
      return emptied();
    }
    if (yes.disabled) return;
    yes.disabled = true;
    try {
      await save(text);
      close();
    } catch (error) {
      yes.disabled = false;
      notice(failureText(error));
    }
  }

  on(form, 'submit', (event) => {
    event.preventDefault();
    void submit();
  });
  on(box, 'input', grow);
  on(box, 'keydown', (event) => {
    // As in the composer: a key of an input method is none of ours.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape') close();
    else if (event.key !== 'Enter' || event.shiftKey) return;
    else void submit();
    event.preventDefault();
  });
  on(no, 'click', close);
  line.append(form);
  grow();
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
  form.scrollIntoView({ block: 'nearest' });
}
