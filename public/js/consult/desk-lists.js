/** The desk's lists beside the conversation. Rows keep their element and focus. */
import { lengthText } from '../../../shared/consult-views.js';
import { fillList, need, on, setText, together } from '../ui/dom.js';
import { t } from '../ui/words.js';
import { colleagueRow, endedRow, isLate, mineRow, waitingRow } from './desk-rows.js';

/** @typedef {import('../../../schemas/consult/contract.js').WaitingView} WaitingView */
/** @typedef {import('../../../schemas/consult/contract.js').DeskView} DeskView */
/** @typedef {import('../../../schemas/consult/contract.js').EndedView} EndedView */
/** @typedef {import('./desk-cases.js').DeskRow} DeskRow */

/** @param {string} name @param {number} count */
function counted(name, count) {
  setText(need(`[data-${name}-count]`, HTMLElement), count ? String(count) : '');
  need(`[data-${name}-none]`, HTMLElement).hidden = count > 0;
}

/** How long each has waited. */
function sayWaits() {
  for (const element of document.querySelectorAll('[data-since]')) {
    const ms = Date.now() - Date.parse(element.getAttribute('data-since') ?? '');
    setText(element, t('desk.waited', { time: lengthText(Math.max(ms, 1000), t) }));
  }
}

/** @param {{ take: (id: string, button: HTMLButtonElement) => void, open: (id: string) => void }} parts */
export function initDeskLists({ take, open }) {
  const waiting = need('[data-waiting]', HTMLElement);
  const mine = need('[data-mine]', HTMLElement);
  /** @param {{ sessionId: string }} row */
  const bySession = ({ sessionId }) => sessionId;
  /** @type {readonly DeskRow[]} */
  let cases = [];
  /** Which of them are drawn as late. */
  let late = '';

  function drawMine() {
    fillList(mine, cases, bySession, mineRow);
    late = lateOnes();
  }
  const lateOnes = () => cases.filter(isLate).map(bySession).join();
  const timer = setInterval(() => {
    sayWaits();
    if (lateOnes() !== late) drawMine();
  }, 1000);

  return {
    /** @param {readonly WaitingView[]} list */
    showWaiting(list) {
      fillList(waiting, list, bySession, waitingRow);
      counted('waiting', list.length);
      sayWaits();
    },
    /** @param {readonly DeskRow[]} list */
    showMine(list) {
      cases = list;
      drawMine();
      counted('mine', list.length);
    },
    /** @param {DeskView} desk @param {number} listed how many of those who wait are in the list */
    showDesk({ consultants, waiting: count }, listed) {
      fillList(
        need('[data-colleagues]', HTMLElement),
        consultants,
        (row) => `${row.id}/${row.away}/${row.cases}`,
        (row, there) => there ?? colleagueRow(row),
      );
      const more = need('[data-waiting-more]', HTMLElement);
      more.hidden = count <= listed;
      setText(more, t('desk.more', { count: count - listed }));
      setText(need('[data-waiting-count]', HTMLElement), count ? String(count) : '');
    },
    /** @param {readonly EndedView[]} list */
    showEnded(list) {
      fillList(
        need('[data-ended]', HTMLElement),
        list,
        (row) => `${row.sessionId}/${row.rating?.stars ?? 0}`,
        (row, there) => there ?? endedRow(row),
      );
      counted('ended', list.length);
    },
    stop: together(
      on(waiting, 'click', ({ target }) => {
        const button = target instanceof Element ? target.closest('[data-take]') : null;
        if (button instanceof HTMLButtonElement && !button.disabled) take(button.dataset.take ?? '', button);
      }),
      on(mine, 'click', ({ target }) => {
        const button = target instanceof Element ? target.closest('[data-open]') : null;
        if (button instanceof HTMLElement) open(button.dataset.open ?? '');
      }),
      () => clearInterval(timer),
    ),
  };
}
