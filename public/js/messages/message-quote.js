/** The message that another one answers, as one line above it that leads there, in the shape of views/macros/message.html. */
import { faceNode, find, h, icon } from '../ui/dom.js';
import { excerptOf } from '../../../shared/excerpt.js';
import { t } from '../ui/words.js';
import { plainOf } from './text.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */
/** @typedef {import('../../../schemas/messages/contract.js').QuoteView} Quote */

/** What a reply to this message shows of it. @param {Message} message @returns {Quote} */
export const quoteOf = (message) => ({
  _id: message._id,
  seq: message.seq,
  name: message.author.name,
  excerpt: excerptOf(message, plainOf),
});

/** @param {Quote} quote @param {import('../../../shared/face.js').Face} [face] of who wrote it, if that is known */
export function quoteParts({ name, excerpt }, face) {
  return [
    face ? faceNode(face, 18) : icon('reply'),
    h('b', {}, name),
    h('span', { class: 'msg-quote-text' }, excerpt || t('message.quote_removed')),
  ];
}

/**
 * Draw what a message answers, as that is now, or take it away.
 * @param {HTMLElement} element
 * @param {Quote | undefined} quote
 * @param {{ quoted: (seq: number) => Message | undefined, shiftOf: import('./message.js').ShiftOf }} parts `quoted`: the
 *   message of a number, if the page knows it
 */
export function drawQuote(element, quote, { quoted, shiftOf }) {
  const there = find('.msg-quote', HTMLElement, element);
  if (!quote) return there?.remove();
  const now = quoted(quote.seq);
  const author = now?.author;
  const face = author && { id: author.id, color: now.user, shift: shiftOf(author.id, now.shift) };
  const shown = now ? quoteOf(now) : quote;
  const look = JSON.stringify([shown, face]);
  if (there?.dataset.look === look) return;
  const line = there ?? h('a', { class: 'msg-quote', href: `#m-${quote.seq}`, 'data-quote': String(quote.seq) });
  line.dataset.look = look;
  line.tabIndex = -1;
  line.replaceChildren(
    h('span', { class: 'visually-hidden' }, `${t('message.in_reply')} `),
    ...quoteParts(shown, face),
  );
  if (!there) find('.msg-line', HTMLElement, element)?.before(line);
}
