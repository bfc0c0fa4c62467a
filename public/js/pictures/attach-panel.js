/** The panel over the composer that shows the chosen pictures in a strip, one of them being described, and why one was refused. */
import { fillList, find, h, icon, need, on, setText, together } from '../ui/dom.js';
import { t } from '../ui/words.js';
import { sizeText } from './picture.js';

/** @typedef {import('./attachment.js').Chosen} Chosen */

/**
 * @param {{
 *   choose: (clientId: string) => void, remove: (clientId: string) => void, clear: () => void,
 *   describe: (words: string) => void,
 * }} parts what the reader does: `choose` one to describe it, `clear`: take back all
 */
export function attachPanel({ choose, remove, clear, describe }) {
  const box = need('[data-attach]', HTMLElement);
  const strip = need('[data-attach-strip]', HTMLElement, box);
  const label = need('[data-attach-label]', HTMLElement, box);
  const alt = need('[data-attach-alt]', HTMLInputElement, box);
  const note = need('[data-attach-note]', HTMLElement, box);
  const limits = need('[data-attach-limits]', HTMLElement, box);
  const cancel = need('[data-attach-cancel]', HTMLButtonElement, box);

  /** @param {Chosen} one @param {HTMLElement} [there] */
  function tile(one, there) {
    const { name } = one.original;
    const made =
      there ??
      h(
        'li',
        { class: 'attach-tile' },
        h('button', { class: 'attach-choose', type: 'button', 'data-choose': one.clientId }),
        h(
          'button',
          {
            class: 'button icon-only attach-out',
            type: 'button',
            'data-out': one.clientId,
            'aria-label': t('chat.attach_out', { name }),
            title: t('chat.attach_out', { name }),
          },
          icon('x'),
        ),
      );
    const button = need('.attach-choose', HTMLButtonElement, made);
    const look = one.refusal ? 'refused' : (one.preview?.src ?? 'coming');
    if (made.dataset.look !== look) {
      made.dataset.look = look;
      const shown = one.preview ? h('img', { src: one.preview.src, alt: '' }) : null;
      button.replaceChildren(one.refusal ? icon('image-off') : (shown ?? icon('loader-circle')));
    }
    made.classList.toggle('is-refused', Boolean(one.refusal));
    return made;
  }

  /** @param {readonly Chosen[]} chosen @param {string} current */
  function mark(chosen, current) {
    chosen.forEach((one, index) => {
      const button = find(`[data-choose="${one.clientId}"]`, HTMLButtonElement, strip);
      const words = t('chat.attach_of', { number: index + 1, count: chosen.length, name: one.original.name });
      button?.setAttribute('aria-label', one.refusal ? `${words}. ${one.refusal}` : words);
      button?.setAttribute('aria-pressed', String(one.clientId === current));
    });
  }

  const stop = together(
    on(strip, 'click', ({ target }) => {
      const button = target instanceof Element ? target.closest('[data-choose], [data-out]') : null;
      if (!(button instanceof HTMLElement)) return;
      if (button.dataset.choose) {
        choose(button.dataset.choose);
        alt.focus();
      } else if (button.dataset.out) remove(button.dataset.out);
    }),
    on(cancel, 'click', clear),
    on(alt, 'input', () => describe(alt.value)),
    on(alt, 'keydown', (event) => {
      if (event.key === 'Escape') cancel.click();
      if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      find('[data-send]', HTMLButtonElement)?.click();
    }),
  );

  return {
    /** @param {{ chosen: readonly Chosen[], current: string, words: string }} now `words`: what may be sent at once */
    draw({ chosen, current, words }) {
      const one = chosen.find(({ clientId }) => clientId === current);
      const several = chosen.length > 1;
      box.hidden = !one;
      box.classList.toggle('is-several', several);
      box.classList.toggle('is-refused', Boolean(one?.refusal));
      fillList(strip, chosen, ({ clientId }) => clientId, tile);
      mark(chosen, current);
      setText(limits, several ? words : '');
      const what = t(several ? 'chat.attach_clear' : 'chat.attach_remove');
      cancel.setAttribute('aria-label', what);
      cancel.title = what;
      if (!one) return;
      const number = chosen.indexOf(one) + 1;
      setText(label, several ? t('chat.attach_alt_of', { number, count: chosen.length }) : t('chat.attach_alt'));
      if (alt.value !== one.alt) alt.value = one.alt;
      const { name, size } = one.file ?? one.original;
      setText(note, one.refusal ?? `${name} · ${sizeText(size)}`);
    },
    stop,
  };
}
