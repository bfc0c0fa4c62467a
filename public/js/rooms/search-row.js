/** One message of what a search found, in the shape of views/room-search.html. */
import { base, faceNode, h, icon } from '../ui/dom.js';
import { t, time } from '../ui/words.js';
import { plainOf } from '../messages/text.js';
import { found } from '../../../shared/found.js';

/** @typedef {import('../../../shared/timeline.js').Message} Message */

/**
 * @param {Message} message
 * @param {{ room: string, query: string, shiftOf: import('../messages/message.js').ShiftOf }} parts
 */
export function searchRow(message, { room, query, shiftOf }) {
  const { seq, author, user, createdAt, chat, gif } = message;
  const words = found(plainOf(chat || gif?.alt || ''), query);
  const picture = gif ? [icon('sticker'), h('span', { class: 'visually-hidden' }, t('chat.gif')), ' '] : [];
  return h(
    'li',
    {},
    h(
      'a',
      { href: `${base}/room/${room}/search?q=${encodeURIComponent(query)}&at=${seq}#m-${seq}`, 'data-at': String(seq) },
      faceNode({ id: author.id, color: user, shift: shiftOf(author.id, message.shift) }, 32),
      h(
        'span',
        { class: 'search-who' },
        h('b', {}, author.name),
        ' ',
        h('time', { datetime: createdAt }, time(createdAt, 'full')),
      ),
      h(
        'span',
        { class: 'search-words' },
        ...picture,
        ...words.map(({ text, hit }) => (hit ? h('mark', {}, text) : text)),
      ),
    ),
  );
}
