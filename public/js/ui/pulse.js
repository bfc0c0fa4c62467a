/**
 * The header's pulse: rooms and people, from the `/` namespace. On every page that has one. It never shows fewer people
 * than the page itself knows of: what a room says may be younger than what the whole site said last.
 */
import { find, need, setText } from './dom.js';
import { connect } from '../net/socket.js';
import { t } from './words.js';

/** What was heard last; at first what the server drew. @type {{ rooms: number, people: number } | undefined} */
let heard;
/** Who is in the room of this page. */
let known = 0;

/** So many people are in the room of this page. @param {number} people */
export function knowPeople(people) {
  known = people;
  show();
}

function show() {
  const pulse = find('[data-pulse]', HTMLElement);
  if (!pulse) return;
  heard ??= { rooms: Number(pulse.dataset.firstRooms), people: Number(pulse.dataset.firstPeople) };
  const rooms = Math.max(heard.rooms, known > 0 ? 1 : 0);
  setText(need('[data-pulse-rooms]', HTMLElement, pulse), t('pulse.rooms', { count: rooms }));
  setText(need('[data-pulse-people]', HTMLElement, pulse), t('pulse.people', { count: Math.max(heard.people, known) }));
}

export function initPulse() {
  const pulse = find('[data-pulse]', HTMLElement);
  if (!pulse) return () => {};
  const socket = connect('/');

  socket.on('news', (news) => {
    heard = news;
    show();
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
