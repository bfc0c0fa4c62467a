/** The list of conversations, in the shape of views/macros/talk.html. Read again when it changed. */
import { request } from '../net/api.js';
import { shownName } from '../../../shared/message-views.js';
import { base, faceNode, h, icon, me, need, on, together } from '../ui/dom.js';
import { t, time } from '../ui/words.js';

/** @typedef {import('../../../schemas/direct/contract.js').ConversationView} ConversationView */
/** @typedef {import('../../../schemas/direct/contract.js').ContactView} ContactView */

const SETTLE_MS = 250;

/** Words beside a sign. @param {string} words */
const unseen = (words) => h('span', { class: 'visually-hidden' }, words);

/** @param {{ current: string | null, conversations: ConversationView[], next: string | null }} start */
export function initConversationList({ current, conversations, next }) {
  const list = need('[data-talks]', HTMLElement);
  const none = need('[data-talks-empty]', HTMLElement);
  const more = need('[data-talks-more]', HTMLElement);
  let talks = conversations;
  let shown = Math.max(30, conversations.length);
  /** @type {Set<string> | null} null until the live list has come */
  let ids = null;
  /** @type {number | undefined} */
  let timer;

  /** @param {ContactView} person */
  const isOnline = (person) => (ids ? ids.has(person.id) : person.online);

  /** @param {ConversationView} view */
  function item(view) {
    const { with: other, last, unread, muted, blocked } = view;
    const words = last && (last.senderId === me.id ? t('messages.you_said', { text: last.message }) : last.message);
    const dot = h('span', { class: 'dot', hidden: !isOnline(other) }, unseen(t('messages.is_online')));
    const badge = h(
      'span',
      { class: 'badge', hidden: unread === 0 },
      h('span', { 'aria-hidden': 'true' }, String(unread)),
      unseen(t('messages.unread', { count: unread })),
    );
    const end = h(
      'span',
      { class: 'talk-end' },
      last && h('time', { datetime: last.createdAt }, time(last.createdAt, 'ago')),
    );
    if (muted) end.append(icon('bell-off'), unseen(t('messages.muted')));
    if (blocked) end.append(icon('ban'), unseen(t('messages.is_blocked')));
    end.append(badge);
    return h(
      'li',
      { class: 'talk', 'data-id': other.id },
      h(
        'a',
        {
          class: 'talk-link',
          href: `${base}/messages/${other.id}`,
          'aria-current': other.id === current ? 'true' : undefined,
        },
        h('span', { class: 'talk-face' }, faceNode(other, 40), dot),
        h(
          'span',
          { class: 'talk-main' },
          h('span', { class: 'talk-name' }, shownName(other)),
          h('span', { class: 'talk-last' }, words ?? ''),
        ),
        end,
      ),
    );
  }

  function draw() {
    const focused = list.contains(document.activeElement) ? document.activeElement?.getAttribute('href') : null;
    list.replaceChildren(...talks.map(item));
    if (focused) for (const link of list.querySelectorAll('a')) if (link.getAttribute('href') === focused) link.focus();
    none.hidden = talks.length > 0;
    more.hidden = !next;
  }

  function drawDots() {
    for (const row of list.children) {
      const dot = row.querySelector('.dot');
      if (dot instanceof HTMLElement && ids) dot.hidden = !ids.has(row.getAttribute('data-id') ?? '');
    }
  }

  async function read() {
    try {
      /** @type {{ conversations: ConversationView[], next: string | null }} */
      const page = await request(`/api/messages?limit=${Math.min(shown, 100)}`);
      talks = page.conversations;
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
    talks = [...talks, ...page.conversations];
    shown = talks.length;
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
      const view = () => talks.find((each) => each.with.id === id);
      if (!view() && next) await read();
      return view()?.muted ?? false;
    },
    stop,
  };
}
