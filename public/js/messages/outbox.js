/**
 * Texts, or pictures, on their way to the server: kept in order, one at a time, tried again while the connection or the server is away,
 * `failed` when the server refuses. Pure: sending, keeping and waiting are handed in.
 */

/** @typedef {'waiting' | 'sending' | 'failed'} State */
/**
 * A GIF of the shelf: its id, and what is shown of it until it is stored.
 * @typedef {{ id: string, still: string, width: number, height: number, alt: string }} ShelfItem
 */
/** @typedef {import('../../../schemas/messages/contract.js').QuoteView} Quote */
/**
 * A picture of the reader's own, as it is shown until it is stored.
 * @typedef {{ src: string, width: number, height: number, alt: string }} PictureItem
 */
/**
 * `replyTo`: what it answers; `code`: why it was refused, or still waits; `retryAfter`: the seconds after which it goes out again, where the server has said so; `isLoose`: it is lost with the page.
 * @typedef {{
 *   clientId: string, chat: string, shelf?: ShelfItem, picture?: PictureItem, isLoose?: boolean, replyTo?: Quote,
 *   at: string, state: State, code?: string | undefined, retryAfter?: number | undefined,
 * }} Item
 */
/** @typedef {{ passing: boolean, code: string, retryAfter?: number | undefined }} Refusal */

/**
 * @param {{
 *   send: (item: Item) => Promise<void>,
 *   judge: (error: unknown) => Refusal,
 *   save: (items: Item[]) => void,
 *   changed: () => void,
 *   later: (run: () => void, ms: number) => () => void,
 *   items?: Item[],
 * }} parts `send` resolves once the server has stored the text
 */
export function createOutbox({ send, judge, save, changed, later, items: kept = [] }) {
  /** @type {Item[]} */
  let items = kept.map((item) => (item.state === 'failed' ? item : { ...item, state: 'waiting' }));
  let busy = false;
  /** How often in a row the server was away: each time the delay doubles. */
  let tries = 0;
  /** A delay is running; nothing is sent until it ends or somebody kicks. */
  let resting = false;
  let stopDelay = () => {};

  function note() {
    save(items);
    changed();
  }

  /** @param {string} clientId @param {Partial<Item>} change */
  function alter(clientId, change) {
    items = items.map((item) => (item.clientId === clientId ? { ...item, ...change } : item));
    note();
  }

  /** @param {string} clientId @returns {boolean} whether it was here */
  function settle(clientId) {
    const before = items.length;
    items = items.filter((item) => item.clientId !== clientId);
    if (items.length === before) return false;
    note();
    return true;
  }

  async function run() {
    const next = items.find((item) => item.state === 'waiting');
    if (busy || !next) return;
    busy = true;
    alter(next.clientId, { state: 'sending' });
    /** @type {Refusal | null} */
    let refusal = null;
    try {
      await send(next);
    } catch (error) {
      refusal = judge(error);
    }
    busy = false;
    if (refusal?.passing) {
      alter(next.clientId, { state: 'waiting', code: refusal.code, retryAfter: refusal.retryAfter });
      rest(refusal);
      return;
    }
    tries = 0;
    if (refusal) alter(next.clientId, { state: 'failed', code: refusal.code });
    else settle(next.clientId);
    void run();
  }

  /** @param {Refusal} refusal */
  function rest({ retryAfter }) {
    tries += 1;
    resting = true;
    stopDelay = later(kick, retryAfter ? retryAfter * 1000 : Math.min(1000 * 2 ** (tries - 1), 30_000));
  }

  function kick() {
    stopDelay();
    resting = false;
    void run();
  }

  return {
    items: () => items,
    /** @param {Item} item */
    add(item) {
      items = [...items, item];
      note();
      if (!resting) void run();
    },
    /** @param {string} clientId */
    retry(clientId) {
      alter(clientId, { state: 'waiting', code: undefined });
      kick();
    },
    settle,
    /** Something else about an item has changed. */
    alter,
    /** Something changed for the better: do not wait out the delay. */
    kick,
    stop: () => stopDelay(),
  };
}
