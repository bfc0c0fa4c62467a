/** One room's card: fills the slots of views/macros/room-card.html, for the live list and the new-room preview. */
import { base, faceNode, find, h, icon, me, setText } from '../ui/dom.js';
import { t } from '../ui/words.js';
import { sayAges } from '../ui/ages.js';

/** @typedef {import('../../../schemas/rooms/contract.js').RoomView} RoomView */
/** @typedef {import('../../../shared/face.js').Face} Face */
/** @typedef {Partial<RoomView> & { faces?: Face[], activeAt?: string }} CardRoom */

/**
 * @param {HTMLElement} card
 * @param {string} slot
 */
const slot = (card, slot) => find(`[data-slot="${slot}"]`, HTMLElement, card);

/**
 * @param {number} people
 * @param {number} max
 */
function seatWords(people, max) {
  if (people >= max) return t('rooms.seats_full', { max });
  return people > 0 ? t('rooms.seats', { count: people, max }) : t('rooms.seats_empty', { max });
}

/**
 * The row of seats: the faces that are known, then somebody, then nobody.
 * @param {HTMLElement} row
 * @param {number} people
 * @param {number} max
 * @param {Face[]} [faces] when absent, the faces already drawn stay as long as there are people for them
 */
function fillSeats(row, people, max, faces) {
  const shown = max <= 8 ? max : 7;
  const drawn = faces ? faces.map((face) => faceNode(face, 36)) : [...row.querySelectorAll('.face')];
  const known = drawn.slice(0, Math.min(people, shown));
  const seats = Array.from({ length: shown }, (_, i) => {
    const face = known[i];
    return face ? h('span', { class: 'seat' }, face) : h('span', { class: `seat ${i < people ? 'taken' : 'free'}` });
  });
  const more = max > shown ? [h('span', { class: 'seat-more' }, `+${max - shown}`)] : [];
  row.replaceChildren(...seats, ...more);
}

/**
 * @param {HTMLElement} card
 * @param {CardRoom} room
 */
export function fillCard(card, room) {
  const people = room.people ?? 0;
  const max = room.max ?? 2;
  const full = people >= max;
  const seats = slot(card, 'seats');
  const [title, words, lock] = [slot(card, 'title'), slot(card, 'words'), slot(card, 'lock')];
  if (title) setText(title, room.title ?? '');
  if (words) setText(words, seatWords(people, max));
  if (seats) fillSeats(seats, people, max, room.faces);
  if (lock) {
    // What was drawn while there was no password is not true of one that was set since.
    if (lock.hidden && room.locked) drawLock(lock, Boolean(room.owner) && room.owner === me.id);
    lock.hidden = !room.locked;
  }
  slot(card, 'asks')?.toggleAttribute('hidden', !room.approval);
  slot(card, 'link')?.setAttribute('href', `${base}/room/${room._id}`);
  slot(card, 'full')?.toggleAttribute('hidden', !full);
  slot(card, 'mine')?.toggleAttribute('hidden', !room.owner || room.owner !== me.id);
  card.classList.toggle('is-full', full);
  // The preview of a new room shows its seats.
  card.classList.toggle('is-empty', people === 0 && Boolean(room._id));
  card.classList.toggle('is-mine', Boolean(room.owner) && room.owner === me.id);
  closes(card, room.emptyUntil ?? null);
  age(card, 'age', 'rooms.opened', room.createdAt);
  age(card, 'active', 'rooms.active', room.activeAt);
}

/** @param {HTMLElement} lock @param {boolean} isOpen to this reader */
function drawLock(lock, isOpen) {
  const words = h('span', { class: 'visually-hidden' }, t(isOpen ? 'rooms.admitted' : 'rooms.locked'));
  lock.replaceChildren(icon(isOpen ? 'lock-open' : 'lock'), words);
}

/** Until when an empty room waits. @param {HTMLElement} card @param {string | null} iso */
function closes(card, iso) {
  const holder = slot(card, 'closes');
  if (!holder) return;
  holder.hidden = iso === null;
  holder.replaceChildren(...(iso === null ? [] : [h('time', { datetime: iso, 'data-at': 'rooms.closes_soon' })]));
  sayAges(holder);
}

/**
 * @param {HTMLElement} card
 * @param {string} name
 * @param {string} key
 * @param {string | undefined} iso absent leaves what is there
 */
function age(card, name, key, iso) {
  const holder = slot(card, name);
  if (!holder || !iso) return;
  holder.replaceChildren(h('time', { datetime: iso, 'data-ago': key }));
  holder.hidden = false;
  sayAges(holder);
}

/** @param {CardRoom & { _id: string }} room */
export function newCard(room) {
  const template = document.querySelector('template[data-card]');
  if (!(template instanceof HTMLTemplateElement)) throw new Error('the page has no card template');
  const card = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  card.id = `room-${room._id}`;
  card.dataset.room = room._id;
  fillCard(card, room);
  return card;
}
