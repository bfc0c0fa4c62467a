/** The header's pulse: rooms and people, from the `/` namespace. On every page that has one. */
import { find, need, setText } from './dom.js';
import { connect } from '../net/socket.js';
import { t } from './words.js';

export function initPulse() {
  const pulse = find('[data-pulse]', HTMLElement);
  if (!pulse) return () => {};
  const rooms = find('[data-pulse-rooms]', HTMLElement, pulse);
  const people = find('[data-pulse-people]', HTMLElement, pulse);
  const socket = connect('/');

  socket.on('news', (news) => {
    if (rooms) setText(rooms, t('pulse.rooms', { count: news.rooms }));
    if (people) setText(people, t('pulse.people', { count: news.people }));
    pulse.classList.add('is-live');
  });
  socket.on('unread', showUnread);
  socket.on('announcement', showAnnouncement);
  socket.on('disconnect', () => {
    pulse.classList.remove('is-live');
  });

  return () => {
    socket.removeAllListeners();
    socket.disconnect();
  };
}

/** Unread messages in the header of every page. @param {number} count */
function showUnread(count) {
  const badge = find('[data-unread]', HTMLElement);
  if (!badge) return;
  badge.hidden = count === 0;
  setText(need('[data-unread-number]', HTMLElement, badge), count > 99 ? '99+' : String(count));
  setText(need('[data-unread-words]', HTMLElement, badge), t('nav.unread', { count }));
}

/** What the operator tells everybody, above every page. @param {string | null} text */
function showAnnouncement(text) {
  const bar = find('[data-announcement]', HTMLElement);
  if (!bar) return;
  bar.hidden = text === null;
  setText(bar, text ?? '');
}
