/** The dialogs that scripts build: one frame, with the button that closes it, for menus, questions and forms. */
import { h, icon, on } from './dom.js';
import { notice } from './notice.js';
import { failureText, t } from './words.js';

/**
 * What a dialog is: `name` of its data-attribute, and of the ids of what names and describes it; `title`: its heading, unless
 * the content has one with the id `<name>-title`; `text`: what it is about; `look`: a class of its own.
 * @typedef {{ name: string, title?: string, text?: string, look?: string }} Frame
 */

/**
 * A dialog that is neither on the page nor open yet.
 * @param {Frame} frame
 * @param {...(Node | null)} content
 */
export function buildDialog({ name, title, text, look }, ...content) {
  const close = h('button', { class: 'button quiet icon-only sheet-close', 'aria-label': t('ui.close') }, icon('x'));
  const attributes = {
    class: look ? `dialog ${look}` : 'dialog',
    [`data-${name}`]: true,
    'aria-labelledby': `${name}-title`,
    'aria-describedby': text ? `${name}-text` : undefined,
  };
  return h(
    'dialog',
    attributes,
    h('form', { method: 'dialog' }, close),
    title ? h('h2', { id: `${name}-title` }, title) : null,
    text ? h('p', { id: `${name}-text` }, text) : null,
    ...content,
  );
}

/**
 * A dialog for one use, open. Another of its name gives way.
 * @param {Frame} frame
 * @param {...(Node | null)} content
 */
export function openDialog(frame, ...content) {
  document.querySelector(`dialog[data-${frame.name}]`)?.remove();
  const dialog = buildDialog(frame, ...content);
  document.body.append(dialog);
  on(dialog, 'close', () => dialog.remove());
  dialog.showModal();
  return dialog;
}

/**
 * A question with fields. It closes with its answer; a failure is told over the page. The button that leaves all as it is
 * has the focus, unless a field has `autofocus`.
 * @param {Frame & { fields: Node[], sure: HTMLButtonElement, act: () => Promise<void> }} question `sure`: the button that
 *   acts
 */
export function ask({ fields, sure, act, ...frame }) {
  const stay = h('button', { class: 'button', type: 'button', autofocus: true }, t('ui.cancel'));
  const end = h('p', { class: 'dialog-end' }, stay, sure);
  const form = h('form', { class: 'form', method: 'dialog' }, ...fields, end);
  const dialog = openDialog(frame, form);
  on(stay, 'click', () => dialog.close());
  on(form, 'submit', () => void act().catch((error) => notice(failureText(error))));
}
