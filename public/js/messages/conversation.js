/**
 * The conversation's state in one place: the log model, the outbox, where "new" begins and how far the reader has
 * read; every change ends in one drawing per frame.
 */
import { me, on, together } from '../ui/dom.js';
import { ApiError, request } from '../net/api.js';
import { newId } from '../net/id.js';
import { outboxKey } from './keys.js';
import { createLog } from './log-model.js';
import { createOutbox } from './outbox.js';
import { sawUpTo, seenUpTo } from './seen.js';
import { keep, recall } from '../ui/store.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */
/** @typedef {import('../../../schemas/people/contract.js').Person} Person */

/** How many messages stay in the page while the reader is at the bottom. */
const [MANY, KEEP] = [600, 300];

/**
 * @param {{
 *   room: string, messages: Message[],
 *   draw: (rows: import('./log-model.js').Row[], how: { arrived: number, quietly: boolean }) => void,
 *   atBottom: () => boolean, forgot: () => void, over: (code: string) => void, ends?: string[],
 *   post?: (text: { chat: string, clientId: string }) => Promise<Message>,
 *   before?: (seq: number) => Promise<{ chats: Message[], more: boolean }>,
 *   heard?: (answered: boolean) => void,
 * }} parts `room` names what the browser keeps; `over` hears of refusals in `ends`; these, `post` and `before` are a room's
 *   unless another place brings its own
 */
export function createConversation({
  room,
  messages,
  draw,
  atBottom,
  forgot,
  over,
  ends = ['room_closed', 'not_admitted'],
  post = (body) => request(`/room/${room}/chat`, { method: 'POST', body }),
  before = (seq) => request(`/room/${room}/chats?before=${seq}&limit=50`),
  heard,
}) {
  const log = createLog({ me: me.id, messages });
  /** Texts of this page keep their element when they become messages. @type {Map<string, string>} */
  const keys = new Map();
  const due = { asked: false, arrived: 0, quietly: false };
  let leftAt = 0;

  function paint() {
    due.asked = false;
    if (log.size() > MANY && atBottom() && log.trim(KEEP)) forgot();
    draw(log.rows(outbox.items(), keys), { arrived: due.arrived, quietly: due.quietly });
    due.arrived = 0;
    due.quietly = false;
    sawAll();
  }
  /** @param {{ arrived?: number, quietly?: boolean }} [how] */
  function changed({ arrived = 0, quietly = false } = {}) {
    due.arrived += arrived;
    due.quietly ||= quietly;
    if (due.asked) return;
    due.asked = true;
    // A hidden page gets no frames, but its title and its place in the log must still be right.
    if (document.hidden) setTimeout(paint, 50);
    else requestAnimationFrame(paint);
  }

  const outbox = createOutbox({
    items: recall('session', outboxKey(room), []),
    save: (items) => keep('session', outboxKey(room), items.length ? items : undefined),
    changed: () => changed(),
    later(run, ms) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    async send({ chat, clientId }) {
      add([await post({ chat, clientId })]);
      heard?.(true);
    },
    judge(error) {
      if (!(error instanceof ApiError)) return { passing: false, code: 'internal' };
      if (error.status === 0) heard?.(false);
      if (ends.includes(error.code)) over(error.code);
      return { passing: error.passing, code: error.code, retryAfter: error.details.retryAfter };
    },
  });
  for (const item of outbox.items()) keys.set(item.clientId, `c-${item.clientId}`);

  /** @param {readonly Message[]} incoming @param {{ old?: boolean }} [options] @returns {Message[]} others' that were new */
  function add(incoming, { old = false } = {}) {
    const fresh = log.add(incoming);
    for (const message of fresh) if (message.clientId) outbox.settle(message.clientId);
    const others = old ? [] : fresh.filter((message) => message.author.id !== me.id);
    if (others.length && document.hidden && log.newAfter() === null) log.markNew(leftAt);
    if (fresh.length) changed({ arrived: others.length, quietly: old });
    return others;
  }

  function sawAll() {
    if (!document.hidden && atBottom() && log.last()) sawUpTo(room, log.last());
  }

  /** @param {string} text @returns {boolean} */
  function say(text) {
    const chat = text.trim();
    if (!chat) return false;
    const clientId = newId();
    keys.set(clientId, `c-${clientId}`);
    log.markNew(null);
    outbox.add({ clientId, chat, at: new Date().toISOString(), state: 'waiting' });
    return true;
  }

  /** What up-arrow brings back: the last text that failed, else the last own one. */
  function recallLast() {
    const failed = outbox.items().findLast((item) => item.state === 'failed');
    if (failed) outbox.settle(failed.clientId);
    return failed?.chat ?? log.lastOwn();
  }

  const seen = seenUpTo(room);
  if (seen !== undefined && seen < log.last()) log.markNew(seen);
  const stop = together(
    on(document, 'visibilitychange', () => {
      if (!document.hidden) return sawAll();
      leftAt = log.last();
      log.markNew(null);
    }),
    on(window, 'online', () => outbox.kick()),
    () => outbox.stop(),
  );
  return {
    log,
    add,
    say,
    recallLast,
    changed,
    sawAll,
    retry: outbox.retry,
    discard: outbox.settle,
    kick: outbox.kick,
    /** @param {'joined' | 'left'} what @param {Person} who */
    moved(what, who) {
      if (who.id === me.id) return;
      log.moved(what, who);
      changed();
    },
    async loadOlder() {
      const answer = await before(log.first());
      add(answer.chats, { old: true });
      return answer.more;
    },
    /** @param {number} [from] */
    newCount: (from = log.newAfter() ?? Infinity) => Math.max(0, log.last() - from),
    stop,
  };
}
