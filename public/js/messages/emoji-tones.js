/** The choice of a skin tone in the emoji panel: a button that shows the one of now, and a row of all that it opens. */
import { h, on, setText } from '../ui/dom.js';
import { t } from '../ui/words.js';
import { chooseTone, chosenTone, inTone, TONES } from './skin-tones.js';

/** What shows a tone. */
const HAND = '✋';
const NAMES = [
  'emoji.tone_none',
  'emoji.tone_light',
  'emoji.tone_medium_light',
  'emoji.tone_medium',
  'emoji.tone_medium_dark',
  'emoji.tone_dark',
];

/** @param {() => void} changed another tone was chosen */
export function createToneChoice(changed) {
  const buttons = TONES.map((tone, at) => {
    const words = t(NAMES[at] ?? '');
    const attributes = { type: 'button', class: 'tone', 'aria-label': words, title: words, 'data-tone': String(at) };
    return h('button', attributes, inTone(HAND, tone));
  });
  const row = h(
    'div',
    { class: 'emoji-tones', id: 'emoji-tones', role: 'group', 'aria-label': t('emoji.tone'), hidden: true },
    ...buttons,
  );
  const button = h('button', {
    ...{ type: 'button', class: 'button quiet icon-only emoji-tone', 'aria-controls': row.id },
    'data-tones': true,
  });

  /** @param {boolean} isOpen */
  function show(isOpen) {
    row.hidden = !isOpen;
    button.setAttribute('aria-expanded', String(isOpen));
  }

  function draw() {
    const now = chosenTone();
    const words = t('emoji.tone_now', { tone: t(NAMES[now] ?? '') });
    button.setAttribute('aria-label', words);
    button.title = words;
    setText(button, inTone(HAND, TONES[now] ?? ''));
    for (const [at, each] of buttons.entries()) each.setAttribute('aria-pressed', String(at === now));
  }

  on(button, 'click', () => show(row.hidden === true));
  on(row, 'click', ({ target }) => {
    const at = target instanceof Element ? target.closest('[data-tone]')?.getAttribute('data-tone') : null;
    if (at === null || at === undefined) return;
    chooseTone(Number(at));
    draw();
    show(false);
    button.focus();
    changed();
  });
  show(false);
  draw();
  return { button, row };
}
