/** A menu of what can be done about somebody or something: a dialog with one entry below the other. */
import { h, icon, on } from './dom.js';
import { t } from './words.js';

/**
 * One entry: a link, or a button that acts once the menu has closed.
 * @typedef {{ icon: string, words: string, href?: string, act?: () => void, isDanger?: boolean }} Entry
 */

/** @param {{ name: string, title: string, entries: Entry[] }} menu `name`: of its data-attribute */
export function openMenu({ name, title, entries }) {
  document.querySelector(`[data-${name}]`)?.remove();
  const close = h('button', { class: 'button quiet icon-only sheet-close', 'aria-label': t('ui.close') }, icon('x'));
  const dialog = h(
    'dialog',
    { class: 'dialog menu-dialog', [`data-${name}`]: true, 'aria-labelledby': `${name}-title` },
    h('form', { method: 'dialog' }, close),
    h('h2', { id: `${name}-title` }, title),
  );
  for (const { icon: sign, words, href, act, isDanger } of entries) {
    if (href !== undefined) {
      dialog.append(h('a', { class: 'menu-item', href }, icon(sign), words));
      continue;
    }
    const own = h('button', { class: `menu-item${isDanger ? ' danger' : ''}`, type: 'button' }, icon(sign), words);
    on(own, 'click', () => {
      dialog.close();
      act?.();
    });
    dialog.append(own);
  }
  document.body.append(dialog);
  on(dialog, 'close', () => dialog.remove());
  dialog.showModal();
}
