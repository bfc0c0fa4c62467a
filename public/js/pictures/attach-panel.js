/** The panel over the composer that shows a chosen picture, what is happening to it, and why it was refused. */
import { h, icon, need, on, setText } from '../ui/dom.js';
import { t } from '../ui/words.js';

export function attachPanel() {
  const box = need('[data-attach]', HTMLElement);
  const frame = need('[data-attach-picture]', HTMLElement, box);
  const alt = need('[data-attach-alt]', HTMLInputElement, box);
  const note = need('[data-attach-note]', HTMLElement, box);
  const progress = need('[data-attach-progress]', HTMLProgressElement, box);
  const cancel = need('[data-attach-cancel]', HTMLButtonElement, box);
  let preview = '';

  /**
   * @param {string} words
   * @param {'fine' | 'refused' | 'gone'} [how] gone: refused, and nothing is left that could be sent
   */
  function say(words, how = 'fine') {
    box.classList.toggle('is-refused', how !== 'fine');
    box.classList.toggle('is-empty', how === 'gone');
    setText(note, words);
  }

  /** @param {boolean} isOn */
  function uploading(isOn) {
    progress.hidden = !isOn;
    progress.value = 0;
    const words = t(isOn ? 'chat.upload_cancel' : 'chat.attach_remove');
    cancel.setAttribute('aria-label', words);
    cancel.title = words;
  }

  return {
    alt,
    cancel,
    say,
    uploading,
    open: () => void (box.hidden = false),
    close() {
      uploading(false);
      URL.revokeObjectURL(preview);
      frame.replaceChildren();
      alt.value = '';
      box.hidden = true;
    },
    /** @param {string} words */
    refuse(words) {
      frame.replaceChildren(icon('image-off'));
      say(words, 'gone');
      cancel.focus();
    },
    /** @param {File} file @param {() => void} broken */
    show(file, broken) {
      preview = URL.createObjectURL(file);
      const image = h('img', { src: preview, alt: '' });
      on(image, 'error', broken);
      if (!matchMedia('(prefers-reduced-motion: reduce)').matches) return frame.replaceChildren(image);
      // The first frame alone, for those who want nothing to move.
      const still = h('canvas', {});
      on(image, 'load', () => {
        still.width = image.naturalWidth;
        still.height = image.naturalHeight;
        still.getContext('2d')?.drawImage(image, 0, 0);
      });
      frame.replaceChildren(still);
    },
    /** @param {number} percent */
    progress(percent) {
      progress.value = percent;
      say(percent < 100 ? t('chat.uploading', { count: percent }) : t('chat.processing'));
    },
  };
}
