/** One conversation in the list, and one person online, as views/macros/contact.html draws them. */
import { shownName } from '../../../shared/message-views.js';
import { base, faceNode, h, icon, me } from '../ui/dom.js';
import { t, time } from '../ui/words.js';

/** @typedef {import('../../../schemas/direct/contract.js').ConversationView} ConversationView */
/** @typedef {import('../../../schemas/direct/contract.js').ContactView} ContactView */

/** Words beside a sign. @param {string} words */
const unseen = (words) => h('span', { class: 'visually-hidden' }, words);

/** @param {ConversationView} view @param {{ isOnline: boolean, isOpen: boolean }} now */
export function conversationRow({ with: other, last, unread, muted, blocked }, { isOnline, isOpen }) {
  const said =
    last && (last.gif ? t('messages.picture', { text: last.message }) : last.message || t('chat.removed_author'));
  const words = last && (last.senderId === me.id ? t('messages.you_said', { text: said ?? '' }) : said);
  const dot = h('span', { class: 'dot', hidden: !isOnline }, unseen(t('messages.is_online')));
  const badge = h(
    'span',
    { class: 'badge', hidden: unread === 0 },
    h('span', { 'aria-hidden': 'true' }, String(unread)),
    unseen(t('messages.unread', { count: unread })),
  );
  const end = h(
    'span',
    { class: 'contact-end' },
    last && h('time', { datetime: last.createdAt }, time(last.createdAt, 'ago')),
  );
  if (muted) end.append(icon('bell-off'), unseen(t('messages.muted')));
  if (blocked) end.append(icon('ban'), unseen(t('messages.is_blocked')));
  end.append(badge);
  const link = h(
    'a',
    {
      class: 'contact-link',
      href: `${base}/messages/${other.id}`,
      'aria-current': isOpen ? 'true' : undefined,
    },
    h('span', { class: 'contact-face' }, faceNode(other, 40), dot),
    h(
      'span',
      { class: 'contact-main' },
      h('span', { class: 'contact-name' }, shownName(other)),
      h('span', { class: 'contact-last' }, words ?? ''),
    ),
    end,
  );
  return h('li', { class: 'contact', 'data-id': other.id }, link);
}

/** @param {ContactView} person */
export function onlineRow(person) {
  const link = h(
    'a',
    { class: 'contact-link', href: `${base}/messages/${person.id}` },
    h('span', { class: 'contact-face' }, faceNode(person, 32), h('span', { class: 'dot' })),
    h('span', { class: 'contact-name' }, shownName(person)),
  );
  return h('li', { 'data-id': person.id }, link);
}
