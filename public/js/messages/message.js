/**
 * One row of the conversation as an element: built for what arrives, updated for what is there (also for what the
 * server rendered).
 */
import { faceNode, find, h, icon } from '../ui/dom.js';
import { shownColor } from '../../../shared/face.js';
import { readable } from '../../../shared/readable.js';
import { t } from '../ui/words.js';
import { initGif } from '../pictures/gif.js';
import { hideUpload } from '../pictures/upload-state.js';
import { build, clock, picture, showChanges } from './message-parts.js';
import { namesMe } from './mentions.js';
import { isEmojiOnly } from '../../../shared/emoji-only.js';
import { drawQuote } from './message-quote.js';
import { setState } from './message-state.js';
import { offerCopies } from './text.js';

/** @typedef {import('./rows.js').Row} Row */
/** @typedef {import('../../../shared/timeline.js').Message} Message */
/** @typedef {(id: string, shift?: number) => number | undefined} ShiftOf */
/** @typedef {(person: { id: string, name: string }) => HTMLElement} NameLink */
/** @typedef {(row: HTMLElement, message: Message) => void} Drawn */

/**
 * @param {Extract<Row, { kind: 'message' | 'pending' }>} row
 * @param {{
 *   shiftOf: ShiftOf, quoted: (seq: number) => Message | undefined, nameLink?: NameLink | undefined, drawn?: Drawn | undefined,
 * }} people `quoted`: what is known of the message of a number; `nameLink`: where names lead somewhere; `drawn`: the place adds
 *   something of its own to what it was drawn
 * @param {HTMLElement} [there]
 */
export function messageElement(row, { shiftOf, quoted, nameLink, drawn }, there) {
  const element = there ?? build(row);
  element.classList.toggle('first', row.first);
  element.classList.toggle('last', row.last);
  element.classList.toggle('timed', row.kind === 'pending' || row.timed);
  const isMessage = row.kind === 'message';
  element.classList.toggle('is-emoji', isEmojiOnly((isMessage ? row.message : row.item).chat));
  drawQuote(element, (isMessage ? row.message : row.item).replyTo, { quoted, shiftOf });
  element.classList.toggle('is-pending', !isMessage && row.item.state !== 'failed');
  element.classList.toggle('is-failed', !isMessage && row.item.state === 'failed');
  if (!isMessage) {
    setState(element, row.item);
    return element;
  }
  const { message } = row;
  element.id = `m-${message.seq}`;
  element.classList.toggle('names-me', namesMe(message));
  find('.msg-state', HTMLElement, element)?.remove();
  showChanges(element, message);
  offerCopies(element);
  if (!element.dataset.dressed) dress(element, message);
  drawn?.(element, message);
  if (!row.mine) {
    const shift = shiftOf(message.author.id, message.shift);
    setFace(element, row.first, { id: message.author.id, color: message.user, shift });
    if (nameLink) setName(element, row.first, message.author, nameLink);
  }
  return element;
}

/**
 * What a message needs once, whether server or browser drew it: the reader's own clock, and the tools of its picture.
 * @param {HTMLElement} element
 * @param {Message} message
 */
function dress(element, message) {
  element.dataset.dressed = 'yes';
  const shown = clock(message.createdAt);
  if (element.dataset.state) {
    shown.prepend(icon('check'), h('span', { class: 'visually-hidden' }, t('chat.sent')));
    delete element.dataset.state;
  }
  find('.msg-time', HTMLElement, element)?.replaceWith(shown);
  const figure = find('[data-gif]', HTMLElement, element);
  if (!figure || !message.gif) return;
  // What was on its way showed a still, or the reader's own file.
  const isOther = element.dataset.key?.startsWith('c-') && !figure.querySelector('img')?.src.endsWith(message.gif.url);
  const stored = isOther ? picture(message) : null;
  if (stored) void replaceOnceLoaded(figure, stored, message.gif);
  else initGif(figure, message.gif);
}

/**
 * @param {HTMLElement} figure
 * @param {HTMLElement} stored
 * @param {NonNullable<Message['gif']>} gif
 */
async function replaceOnceLoaded(figure, stored, gif) {
  hideUpload(figure);
  await find('img', HTMLImageElement, stored)
    ?.decode()
    .catch(() => undefined); // Then it is shown to be broken.
  // Removed meanwhile: there is nothing to replace.
  if (figure.parentNode) figure.replaceWith(stored);
  initGif(stored, gif);
}

/**
 * @param {HTMLElement} element
 * @param {boolean} first
 * @param {import('../../../shared/face.js').Face} face
 */
function setFace(element, first, face) {
  const shown = find('.msg-face', HTMLElement, element);
  const look = `${face.color}${face.shift ?? 0}`;
  if (!first) shown?.remove();
  else if (shown?.dataset.look !== look) {
    const drawn = h('span', { class: 'msg-face', 'data-look': look }, faceNode(face, 36));
    if (shown) shown.replaceWith(drawn);
    else element.prepend(drawn);
  }
  const name = find('.msg-name', HTMLElement, element);
  const pair = readable(shownColor(face));
  name?.style.setProperty('--name-light', pair.light);
  name?.style.setProperty('--name-dark', pair.dark);
}

/**
 * The name that is seen, above the first message of a group, leads to messages with its person; those that are only
 * read aloud lead nowhere, so that nobody's keyboard stops where nothing is seen.
 * @param {HTMLElement} element
 * @param {boolean} first
 * @param {{ id: string, name: string }} author
 * @param {NameLink} nameLink
 */
function setName(element, first, author, nameLink) {
  const name = find('.msg-name', HTMLElement, element);
  const leads = Boolean(name?.querySelector('a'));
  if (leads !== first) name?.replaceChildren(first ? nameLink(author) : author.name);
}
