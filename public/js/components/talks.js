/** The list of conversations and of people online, in the shape of views/macros/talk.html. Read again when it changed. */
import { request } from '../lib/api.js';
import { shownName } from '../lib/direct.js';
import { base, faceNode, h, icon, me, need, on, setText, together } from '../lib/dom.js';
import { t, time } from '../lib/words.js';

/** @typedef {import('../../../schemas/events.js').ConversationView} ConversationView */
/** @typedef {import('../../../schemas/events.js').ContactView} ContactView */

const SETTLE_MS = 250;

/** @param {{ current: string | null, conversations: ConversationView[], next: string | null, online: ContactView[] }} start */
export function initTalks({ current, conversations, next, online: firstOnline }) {
  const list = need('[data-talks]', HTMLElement);
  const none = need('[data-talks-empty]', HTMLElement);
  const more = need('[data-talks-more]', HTMLElement);
  const people = need('[data-online]', HTMLElement);
  const nobody = need('[data-online-empty]', HTMLElement);
  const number = need('[data-online-number]', HTMLElement);
  let talks = conversations;
  let shown = Math.max(30, conversations.length);
  let online = new Map(firstOnline.map((person) => [person.id, person]));
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
    const dot = h('span', { class: 'dot', hidden: !isOnline(other) });
    const badge = h(
      'span',
      { class: 'badge', hidden: unread === 0 },
      h('span', { 'aria-hidden': 'true' }, String(unread)),
      h('span', { class: 'visually-hidden' }, t('messages.unread', { count: unread })),
    );
    const end = h(
      'span',
      { class: 'talk-end' },
      last && h('time', { datetime: last.createdAt }, time(last.createdAt, 'ago')),
    );
    if (muted) end.append(icon('bell-off'));
    if (blocked) end.append(icon('ban'));
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

  /** @param {ContactView} person */
  function face(person) {
    return h(
      'li',
      { 'data-id': person.id },
      h(
        'a',
        { class: 'talk-link', href: `${base}/messages/${person.id}` },
        h('span', { class: 'talk-face' }, faceNode(person, 32), h('span', { class: 'dot' })),
        h('span', { class: 'talk-name' }, shownName(person)),
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

  function drawOnline() {
    const here = [...online.values()].filter((person) => person.id !== me.id && isOnline(person));
    const count = ids ? [...ids].filter((id) => id !== me.id).length : here.length;
    people.replaceChildren(...here.map(face));
    nobody.hidden = count > 0;
    setText(number, String(count));
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

  async function readOnline() {
    try {
      /** @type {{ users: ContactView[] }} */
      const page = await request('/api/users?limit=100');
      online = new Map(page.users.map((person) => [person.id, person]));
      drawOnline();
    } catch {
      // As above.
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
    /** @param {string[]} list */
    online(list) {
      ids = new Set(list);
      drawOnline();
      const strangers = list.some((id) => id !== me.id && !online.has(id));
      if (strangers && online.size < 100) void readOnline();
    },
    /** @param {string} id */
    isMuted: (id) => talks.find((view) => view.with.id === id)?.muted ?? false,
    stop,
  };
}
