/** A menu of what can be done about somebody or something: a dialog with one entry below the other. */
import { openDialog } from './dialog.js';
import { h, icon, on } from './dom.js';

/**
 * One entry: a link, or a button that acts once the menu has closed.
 * @typedef {{ icon: string, words: string, href?: string, act?: () => void, isDanger?: boolean }} Entry
 */

/**
 * A dialog for one use, open. A phone shows it as a sheet.
 * @param {{ name: string, title: string }} dialog
 * @param {...(Node | null)} content
 */
export const openSheet = (dialog, ...content) => openDialog({ ...dialog, look: 'menu-dialog' }, ...content);

/** @param {{ name: string, title: string, entries: Entry[], head?: Node }} menu `name`: of its data-attribute; `head`: above the entries */
export function openMenu({ name, title, entries, head }) {
  const items = entries.map(({ icon: sign, words, href, act, isDanger }) => {
    if (href !== undefined) return h('a', { class: 'menu-item', href }, icon(sign), words);
    const own = h('button', { class: `menu-item${isDanger ? ' danger' : ''}`, type: 'button' }, icon(sign), words);
    on(own, 'click', () => {
      dialog.close();
      act?.();
    });
    return own;
  });
  items[0]?.setAttribute('autofocus', '');
  const dialog = openSheet({ name, title }, head ?? null, ...items);
  return dialog;
}
