/** Handing a case on: to a colleague who is here, or back to the queue. */
import { faceNode, h, me, need, on } from '../ui/dom.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../schemas/consult/contract.js').DeskView['consultants'][number]} Colleague */

/**
 * @param {{ colleagues: () => readonly Colleague[], transfer: (to: string | undefined) => void }} parts
 *   `transfer`: to a colleague, or undefined for the queue
 */
export function initDeskTransfer({ colleagues, transfer }) {
  const dialog = need('[data-transfer-dialog]', HTMLDialogElement);

  /** @param {Colleague} other */
  const row = (other) =>
    h(
      'li',
      {},
      h(
        'button',
        { class: 'button', type: 'button', 'data-to': other.id },
        faceNode(other, 28),
        h('span', {}, other.name),
        h('span', { class: 'hint' }, t('desk.cases', { count: other.cases })),
      ),
    );

  on(need('[data-transfer]', HTMLButtonElement), 'click', () => {
    const others = colleagues().filter(({ id, away }) => id !== me.id && !away);
    need('[data-transfer-none]', HTMLElement, dialog).hidden = others.length > 0;
    need('[data-transfer-list]', HTMLElement, dialog).replaceChildren(...others.map(row));
    dialog.showModal();
  });
  on(dialog, 'click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-to], [data-transfer-queue]') : null;
    if (!(button instanceof HTMLElement)) return;
    dialog.close();
    transfer(button.dataset.to);
  });
}
