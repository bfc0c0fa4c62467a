/** The list of conversations, read again when it changed. */
import { request } from '../net/api.js';
import { fillList, need, on, together } from '../ui/dom.js';
import { conversationRow } from './contact-rows.js';

/** @typedef {import('../../../schemas/direct/contract.js').ConversationView} ConversationView */

const SETTLE_MS = 250;

/** @param {{ current: string | null, conversations: ConversationView[], next: string | null }} start */
export function initConversationList({ current, conversations: first, next }) {
  const list = need('[data-conversations]', HTMLElement);
  const none = need('[data-conversations-empty]', HTMLElement);
  const more = need('[data-conversations-more]', HTMLElement);
  let conversations = first;
  let shown = Math.max(30, first.length);
  /** @type {Set<string> | null} null until the live list has come */
  let ids = null;
  /** @type {number | undefined} */
  let timer;
  let reads = 0;
  let newest = Promise.resolve();

  function draw() {
    const focused = list.contains(document.activeElement) ? document.activeElement?.getAttribute('href') : null;
    fillList(
      list,
      conversations,
      (view) => view.with.id,
      (view) => {
        const { id, online } = view.with;
        return conversationRow(view, { isOnline: ids ? ids.has(id) : online, isOpen: id === current });
      },
    );
    if (focused) for (const link of list.querySelectorAll('a')) if (link.getAttribute('href') === focused) link.focus();
    none.hidden = conversations.length > 0;
    more.hidden = !next;
  }

  function drawDots() {
    for (const row of list.children) {
      const dot = row.querySelector('.dot');
      if (dot instanceof HTMLElement && ids) dot.hidden = !ids.has(row.getAttribute('data-id') ?? '');
    }
  }

  /** @returns {Promise<void>} once the newest reading is shown */
  function read() {
    const turn = (reads += 1);
    newest = readOnce(turn);
    return newest;
  }

  /** @param {number} turn */
  async function readOnce(turn) {
    try {
      /** @type {{ conversations: ConversationView[], next: string | null }} */
      const page = await request(`/api/messages?limit=${Math.min(shown, 100)}`);
      // A later reading has been asked for: its answer is not older than this one.
      if (turn !== reads) return await newest;
      conversations = page.conversations;
      next = page.next;
      draw();
    } catch {
      // The list is old until the next change; the conversation itself does not depend on it.
    }
  }

  /** @param {MouseEvent} event */
  async function showMore(event) {
    event.preventDefault();
    if (!next) return;
    /** @type {{ conversations: ConversationView[], next: string | null }} */
    const page = await request(`/api/messages?before=${next}&limit=30`);
    conversations = [...conversations, ...page.conversations];
    shown = conversations.length;
    next = page.next;
    draw();
  }

  const stop = together(
    on(more, 'click', (event) => void showMore(event).catch(() => undefined)),
    () => clearTimeout(timer),
  );
  return {
    changed() {
      clearTimeout(timer);
      timer = window.setTimeout(() => void read(), SETTLE_MS);
    },
    /** @param {Set<string>} now */
    online(now) {
      ids = now;
      drawDots();
    },
    /** Also of a conversation further down, which comes up with its new message. @param {string} id */
    async isMuted(id) {
      const view = () => conversations.find((each) => each.with.id === id);
      if (!view() && next) await read();
      return view()?.muted ?? false;
    },
    stop,
  };
}
