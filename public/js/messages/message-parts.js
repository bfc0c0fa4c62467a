/** What a message is made of, in the shape of views/macros/message.html. */
import { find, h, me, pictureUrl } from '../ui/dom.js';
import { closeLarge } from '../pictures/lightbox.js';
import { fit } from '../pictures/picture.js';
import { t, time } from '../ui/words.js';
import { bubble, textOf } from './text.js';

/** @typedef {import('./rows.js').Row} Row */
/** @typedef {import('../../../shared/timeline.js').Message} Message */

/** What is left of a removed message. @param {Message} message */
function removedLine({ removed, byOperator }) {
  const byOthers = byOperator ? 'chat.removed_operator' : 'chat.removed_host';
  return h('p', { class: 'msg-removed' }, t(removed === 'host' ? byOthers : 'chat.removed_author'));
}

/** @param {string} iso */
const editedMark = (iso) => h('span', { class: 'msg-edited', title: time(iso, 'full') }, t('chat.edited'));

/** @param {Message} message */
export function picture({ gif, author }) {
  if (!gif) return null;
  if (gif.flashes) {
    const { width, height } = fit(gif);
    const still = h('canvas', { class: 'gif-still', width: String(width), height: String(height) });
    return h('figure', { class: 'gif gif-flashes', 'data-gif': true }, still);
  }
  return figure(pictureUrl(gif.url), gif, gif.alt || t('chat.gif_by', { name: author.name }));
}

/** @param {string} src @param {{ width: number, height: number }} size its own @param {string} alt */
function figure(src, size, alt) {
  const { width, height } = fit(size);
  const image = h('img', { src, width: String(width), height: String(height), alt, decoding: 'async' });
  return h('figure', { class: 'gif', 'data-gif': true }, image);
}

/** What is on its way: a text, a picture, or the still of a GIF of the shelf. @param {import('./outbox.js').Item} item */
function onItsWay({ chat, shelf, picture }) {
  if (picture) return figure(picture.src, picture, picture.alt || t('chat.gif'));
  return shelf ? figure(shelf.still, shelf, shelf.alt) : bubble(chat);
}

/** @param {string} iso */
export function clock(iso) {
  return h('time', { class: 'msg-time', datetime: iso, title: time(iso, 'full') }, time(iso, 'clock'));
}

/**
 * @param {string} key
 * @param {string} name
 * @param {boolean} mine
 * @param {Node} body
 * @param {string} at
 */
function frame(key, name, mine, body, at) {
  const head = h('p', { class: 'msg-head' }, h('b', { class: 'msg-name' }, name), mine ? ` ${t('you.suffix')}` : null);
  const main = h('div', { class: 'msg-main' }, head, h('div', { class: 'msg-line' }, body, clock(at)));
  return h('li', { class: mine ? 'msg mine' : 'msg', 'data-key': key }, main);
}

/** @param {Extract<Row, { kind: 'message' | 'pending' }>} row */
export function build(row) {
  if (row.kind === 'pending') return frame(row.key, me.name, true, onItsWay(row.item), row.item.at);
  const { message } = row;
  const element = frame(row.key, message.author.name, row.mine, content(message), message.createdAt);
  showChanges(element, message);
  return element;
}

/** @param {Message} message */
const content = (message) =>
  message.removed ? removedLine(message) : (picture(message) ?? bubble(message.chat ?? ''));

/**
 * Bring an element up to a later state of its message. What did not change keeps its element: a picture goes on playing,
 * a poll keeps what is being chosen.
 * @param {HTMLElement} element
 * @param {Message} message
 */
export function showChanges(element, message) {
  if (message.rev <= Number(element.dataset.rev ?? 0)) return;
  element.dataset.rev = String(message.rev);
  const line = find('.msg-line', HTMLElement, element);
  const shown = line?.firstElementChild;
  const isOther = message.removed
    ? !shown?.classList.contains('msg-removed')
    : !message.gif && !message.poll && textOf(shown) !== message.chat;
  if (isOther && shown) {
    closeLarge(shown);
    shown.replaceWith(content(message));
  }
  find('.msg-edited', HTMLElement, element)?.remove();
  if (message.editedAt) line?.firstElementChild?.after(editedMark(message.editedAt));
}
