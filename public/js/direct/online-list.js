/**
 * Who is online, a page at a time, and a search among them. The live list of ids says at once who is gone; names are read
 * again only now and then, however many come and go.
 */
import { request } from '../net/api.js';
import { fillList, me, need, on, setText, together } from '../ui/dom.js';
import { t } from '../ui/words.js';
import { onlineRow } from './contact-rows.js';

/** @typedef {import('../../../schemas/direct/contract.js').ContactView} ContactView */
/** @typedef {{ users: ContactView[], next: string | null, q: string, count: number, shown: number }} Start */

const TYPED_MS = 250;
/** Milliseconds between two readings because somebody came: when all fit on a page, and when they do not. */
const [SOON_MS, LATER_MS] = [2_000, 30_000];
const SEARCH_FROM = 8;
const PAGE_MAX = 100;

/** @param {Start} start */
export function initOnlineList({ users: first, next: firstNext, q: firstQuery, count: firstCount, shown: page }) {
  const list = need('[data-online]', HTMLElement);
  const nobody = need('[data-online-empty]', HTMLElement);
  const number = need('[data-online-number]', HTMLElement);
  const more = need('[data-online-more]', HTMLElement);
  const form = need('[data-online-find]', HTMLFormElement);
  const field = need('input', HTMLInputElement, form);
  let people = first;
  let next = firstNext;
  let query = firstQuery;
  /** @type {Set<string> | null} null until the live list has come */
  let ids = null;
  /** Who was online when names were last read. */
  let known = new Set(first.map(({ id }) => id));
  let readAt = performance.now();
  let asked = 0;
  let typedTimer = 0;
  let freshTimer = 0;

  /** @param {ContactView} person */
  const isOnline = (person) => (ids ? ids.has(person.id) : person.online);

  function draw() {
    const here = people.filter((person) => person.id !== me.id && isOnline(person));
    const count = ids ? ids.size - (ids.has(me.id) ? 1 : 0) : firstCount;
    fillList(
      list,
      here,
      ({ id }) => id,
      (person, there) => there ?? onlineRow(person),
    );
    setText(number, String(count));
    setText(nobody, t(query && count > 0 ? 'messages.none_found' : 'messages.none_online'));
    nobody.hidden = here.length > 0 || Boolean(next);
    more.hidden = !next;
    form.hidden = count <= SEARCH_FROM && !query;
  }

  /** @param {string} [after] @param {number} [limit] */
  async function read(after, limit = page) {
    const turn = (asked += 1);
    const search = new URLSearchParams({ limit: String(limit), ...(after && { after }), ...(query && { q: query }) });
    /** @type {{ users: ContactView[], next: string | null }} */
    const found = await request(`/api/users?${search.toString()}`);
    if (turn !== asked) return;
    people = after ? [...people, ...found.users] : found.users;
    next = found.next;
    readAt = performance.now();
    known = ids ?? known;
    draw();
  }

  /**
   * Somebody came whom this page has no name for, or so many went that it has room for others: read again, but not with
   * everybody who comes, and not all pages at the same moment.
   */
  function refresh() {
    clearTimeout(freshTimer);
    if (document.hidden || people.length > PAGE_MAX) return;
    const pause = next && (ids?.size ?? 0) > page ? LATER_MS : SOON_MS;
    const wait = Math.max(0, readAt + pause - performance.now()) + (Math.random() * pause) / 4;
    const limit = Math.min(PAGE_MAX, Math.max(page, people.length));
    freshTimer = window.setTimeout(() => void read(undefined, limit).catch(() => undefined), wait);
  }

  /** @param {Event} event */
  async function showMore(event) {
    event.preventDefault();
    if (!next) return;
    const last = list.lastElementChild;
    await read(next);
    const follower = last?.nextElementSibling?.querySelector('a');
    if (more.hidden) follower?.focus();
  }

  function find() {
    clearTimeout(typedTimer);
    if (field.value.trim() === query) return;
    query = field.value.trim();
    void read().catch(() => undefined);
  }

  const stop = together(
    on(more, 'click', (event) => void showMore(event).catch(() => undefined)),
    on(form, 'submit', (event) => {
      event.preventDefault();
      find();
    }),
    on(field, 'input', () => {
      clearTimeout(typedTimer);
      typedTimer = window.setTimeout(find, TYPED_MS);
    }),
    () => [typedTimer, freshTimer].forEach(clearTimeout),
  );
  return {
    /** @param {Set<string>} now */
    set(now) {
      ids = now;
      draw();
      const isNew = [...now].some((id) => id !== me.id && !known.has(id));
      if (isNew || (next && list.children.length < page / 2)) refresh();
    },
    stop,
  };
}
