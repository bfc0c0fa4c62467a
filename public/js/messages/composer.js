/**
 * The composer: grows to six lines, Enter sends, Shift+Enter breaks, and Hangul being composed never sends. What is
 * typed survives a reload.
 */
import { need, on, setText, together } from '../ui/dom.js';
import { draftKey } from './keys.js';
import { keep, recall } from '../ui/store.js';
import { t } from '../ui/words.js';

/**
 * @param {{
 *   limit: number,
 *   send: (text: string) => boolean,
 *   recallLast: () => string | undefined,
 *   wrote: (hasText: boolean) => void,
 * }} parts `limit`: characters; `send` answers whether the text was taken
 */
export function initComposer({ limit, send, recallLast, wrote }) {
  const form = need('[data-composer]', HTMLFormElement);
  const box = need('[data-text]', HTMLTextAreaElement, form);
  const left = need('[data-left]', HTMLElement);
  const grows = CSS.supports('field-sizing', 'content');
  /** Key of the conversation that is written to. */
  let conversation = '';

  const length = () => box.value.trim().length;

  function measure() {
    if (!grows) {
      box.style.height = 'auto';
      box.style.height = `${box.scrollHeight}px`;
    }
    const rest = limit - length();
    const over = rest < 0;
    left.classList.toggle('is-over', over);
    setText(
      left,
      over ? t('chat.over_chars', { count: -rest }) : rest <= 200 ? t('chat.left_chars', { count: rest }) : '',
    );
    box.setAttribute('aria-invalid', String(over));
    form.classList.toggle('has-text', box.value.trim() !== '');
  }

  /** @param {string} text */
  function write(text) {
    box.value = text;
    keep('session', draftKey(conversation), text || undefined);
    measure();
  }

  function submit() {
    if (length() > limit) return;
    if (send(box.value)) write('');
    box.focus();
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    // 229: the key belongs to the input method. Safari ends the composition before the keydown of the Enter that ended it.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === 'ArrowUp' && box.value === '') {
      // The key is for here alone, also if the focus goes to the message that is edited.
      event.preventDefault();
      const text = recallLast();
      if (!text) return;
      write(text);
      box.setSelectionRange(text.length, text.length);
    }
  }

  // The form must go without a picture's text too; the script asks by itself.
  box.required = false;
  return {
    focus: () => box.focus(),
    isEmpty: () => box.value === '',
    /** Write to this conversation from now on; each keeps its own draft. @param {string} key */
    open(key) {
      const draft = recall('session', draftKey(key), '');
      // What was typed before the scripts were there, or what the browser brought back, is the draft of the first one.
      const typed = conversation ? '' : box.value;
      conversation = key;
      write(typed || draft);
    },
    /** Put a text where the cursor is. @param {string} text */
    insert(text) {
      box.focus();
      box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end');
      box.dispatchEvent(new Event('input', { bubbles: true }));
    },
    stop: together(
      on(box, 'keydown', key),
      on(box, 'input', () => {
        keep('session', draftKey(conversation), box.value || undefined);
        measure();
        wrote(box.value.trim() !== '');
      }),
      on(form, 'submit', (event) => {
        event.preventDefault();
        submit();
      }),
    ),
  };
}
