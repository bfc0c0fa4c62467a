/** Who waits, and who works here: as the server said it last. */

/** @typedef {import('../../../schemas/consult/contract.js').WaitingView} WaitingView */
/** @typedef {import('../../../schemas/consult/contract.js').DeskView} DeskView */

/**
 * @param {{
 *   lists: Pick<ReturnType<typeof import('./desk-lists.js').initDeskLists>, 'showWaiting' | 'showDesk'>,
 *   alert: Pick<ReturnType<typeof import('./desk-alert.js').initDeskAlert>, 'waiting'>,
 *   changed: () => void,
 * }} parts
 */
export function createDeskQueue({ lists, alert, changed }) {
  /** @type {readonly WaitingView[]} */
  let waiting = [];
  /** @type {DeskView['consultants']} */
  let consultants = [];

  /** @param {readonly WaitingView[]} list */
  function setWaiting(list) {
    waiting = list;
    lists.showWaiting(list);
    changed();
    alert.waiting(list.filter(({ away }) => !away).length);
  }

  return {
    setWaiting,
    /** @param {DeskView} desk */
    setDesk(desk) {
      consultants = desk.consultants;
      lists.showDesk(desk, waiting.length);
    },
    /** @param {string} id it was taken */
    remove: (id) => setWaiting(waiting.filter((row) => row.sessionId !== id)),
    count: () => waiting.length,
    consultants: () => consultants,
  };
}
