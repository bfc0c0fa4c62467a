/**
 * The live list. A card never moves under a pointer or a focus: while somebody points into the list, new rooms wait
 * behind a button and closed ones stay as shadows.
 */
import { find, need, on, setText, together } from '../ui/dom.js';
import { connect } from '../net/socket.js';
import { t } from '../ui/words.js';
import { fillCard, newCard } from './room-card.js';
import { createRefresh } from './room-refresh.js';

/** @typedef {import('../../../schemas/rooms/contract.js').RoomView & { faces?: import('../../../shared/face.js').Face[] }} Room */

const STILL_MS = 1500;
const MOST_CARDS = 50;
const ANSWER_MS = 8000;

export function initRoomList() {
  const page = need('main', HTMLElement);
  const list = need('[data-rooms]', HTMLElement);
  const fresh = need('[data-fresh]', HTMLButtonElement);
  const empty = find('[data-empty]', HTMLElement);
  const count = find('[data-count]', HTMLElement);
  const tools = find('[data-tools]', HTMLElement);
  const query = (page.dataset.q ?? '').toLowerCase();
  const firstPage = (page.dataset.pageNumber ?? '1') === '1';
  let total = Number(page.dataset.total ?? list.children.length);
  /** @type {Room[]} */
  let waiting = [];
  let touchedAt = 0;
  let pointing = false;

  const cardOf = (/** @type {string} */ id) => find(`[data-room="${CSS.escape(id)}"]`, HTMLElement, list);
  const inUse = () => pointing || list.matches(':focus-within') || Date.now() - touchedAt < STILL_MS;
  const calm = () => !inUse() && list.getBoundingClientRect().top > -40;

  function say() {
    fresh.hidden = waiting.length === 0;
    setText(fresh, waiting.length ? t('rooms.fresh', { count: waiting.length }) : '');
    if (count)
      setText(
        count,
        query ? t('rooms.found', { count: total, q: page.dataset.q ?? '' }) : t('rooms.count', { count: total }),
      );
    if (empty) empty.hidden = list.children.length > 0;
    if (tools && list.children.length > 0) tools.hidden = false;
  }

  function showWaiting() {
    const cards = waiting.filter((room) => !cardOf(room._id)).map((room) => newCard(room));
    for (const card of cards) card.classList.add('is-new');
    waiting = [];
    list.prepend(...cards.reverse());
    while (list.children.length > MOST_CARDS) list.lastElementChild?.remove();
    say();
  }

  function clearGone() {
    for (const card of list.querySelectorAll('.is-gone')) {
      card.classList.add('is-leaving');
      setTimeout(() => {
        card.remove();
        say();
      }, 160);
    }
  }

  /** What had to wait happens once nobody points at the list. */
  function settle() {
    if (inUse()) return;
    clearGone();
    if (waiting.length && calm()) showWaiting();
    if (calm() && !waiting.length) refresh.perhaps();
  }

  const refresh = createRefresh(list, calm, (now, drawnAt) => {
    total = now;
    say();
    void catchUp(drawnAt, false);
  });

  /**
   * Be told what changed since a page was drawn, or load it again.
   * @param {number} since
   * @param {boolean} soon
   */
  async function catchUp(since, soon) {
    const answer = await socket
      .timeout(ANSWER_MS)
      .emitWithAck('catchUp', { since })
      .catch(() => null);
    if (!answer?.ok || !answer.complete) refresh.wish(soon);
  }

  const socket = connect('/room');
  socket.on('newRoom', (room) => {
    if (query && !room.title.toLowerCase().includes(query)) return;
    if (waiting.some((other) => other._id === room._id) || cardOf(room._id)) return;
    total += 1;
    if (firstPage) waiting = [...waiting, room];
    if (calm()) showWaiting();
    else say();
  });
  socket.on('updateRoom', (/** @type {Room} */ room) => {
    waiting = waiting.map((other) => (other._id === room._id ? room : other));
    const card = cardOf(room._id);
    if (card && !card.classList.contains('is-gone')) fillCard(card, room);
    if (card && !room.faces) refresh.wish();
  });
  socket.on('removeRoom', (id) => {
    const before = waiting.length;
    waiting = waiting.filter((room) => room._id !== id);
    const card = cardOf(id);
    const isShown = card && !card.classList.contains('is-gone');
    if (isShown) markGone(card);
    if (isShown || waiting.length < before) total = Math.max(0, total - 1);
    say();
    settle();
  });
  // What changed before the connection was there is told again; while it was lost, the page is loaded again.
  socket.once('connect', () => void catchUp(Number(page.dataset.drawnAt), true));
  socket.io.on('reconnect', () => refresh.wish(true));

  const timer = setInterval(settle, 700);
  return together(
    on(fresh, 'click', () => {
      showWaiting();
      list.scrollIntoView({ block: 'nearest' });
      find('a', HTMLElement, list)?.focus();
    }),
    on(list, 'pointerenter', (event) => (pointing = event.pointerType === 'mouse')),
    on(list, 'pointerleave', () => (pointing = false)),
    on(list, 'pointerdown pointermove touchstart', () => (touchedAt = Date.now()), { passive: true }),
    () => clearInterval(timer),
    () => socket.disconnect(),
  );
}

/** @param {HTMLElement} card */
function markGone(card) {
  card.classList.add('is-gone');
  const link = find('[data-slot="link"]', HTMLElement, card);
  link?.removeAttribute('href');
  const words = find('[data-slot="words"]', HTMLElement, card);
  if (words) setText(words, t('rooms.closed'));
  find('[data-slot="closes"]', HTMLElement, card)?.setAttribute('hidden', '');
}
