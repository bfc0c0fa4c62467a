/** One room: puts the parts together. What each does is written where it lives. */
import { createConversation } from '../messages/conversation.js';
import { mount } from '../messages/mount.js';
import { nameLink } from '../messages/person-name.js';
import { request } from '../net/api.js';
import { ask } from '../net/ask.js';
import { keepJoined } from '../net/join.js';
import { readPage } from '../net/pages.js';
import { connect } from '../net/socket.js';
import { initAttention } from '../ui/attention.js';
import { base, me, pageData, ready } from '../ui/dom.js';
import { initHeader } from '../ui/header.js';
import { notice } from '../ui/notice.js';
import { initNotify } from '../ui/notify.js';
import { errorText, t } from '../ui/words.js';
import { initPeople } from './people.js';
import { initPersonActions } from './person-actions.js';
import { createNotices } from './notices.js';
import { createQuietLines } from './quiet-lines.js';
import { report, showReports } from './reports.js';
import { initRoles } from './roles.js';
import { initHands } from './hands.js';
import { initRoomBar } from './room-bar.js';
import { initRoomSearch } from './room-search.js';
import { initTalk } from './talk.js';

/** @typedef {import('../../../schemas/rooms/contract.js').MessageView} MessageView */
/** @typedef {import('../../../shared/timeline.js').Message} Message */
/**
 * @typedef {{
 *   room: import('../../../schemas/rooms/contract.js').MemberRoomView, messages: Message[], more: boolean, rev: number,
 *   members: import('./people.js').Member[], limits: { chat: number, upload: number }, graceMs: number,
 *   knocks: import('../../../schemas/people/contract.js').Person[], pollLimits: import('./ask-poll.js').Limits,
 * }} Data
 */

/** @type {Data} */
const data = pageData();
const room = data.room._id;
/** Refusals of a message after which the room is no longer ours. */
const ENDS = new Set(['room_closed', 'room_not_found', 'not_admitted', 'banned']);
/** Codes after which nothing will be sent to this room any more. */
const FORGETS = new Set(['room_closed', 'room_not_found', 'banned', 'removed']);
let leaving = false;
/** How many ask to be let in, as far as this page has heard. */
let asking = data.knocks.length;

initHeader();
const socket = connect('/chat');
const people = initPeople({ members: data.members, roles: data.room.roles, max: data.room.max });
const attention = initAttention();
const notify = initNotify();
const screen = mount({
  socket,
  limits: data.limits,
  shiftOf: people.shiftOf,
  nameLink,
  drawn: (row, message) => talk.drawn(row, message),
  actions: {
    path: (id) => `/room/${room}/chat/${id}`,
    field: 'chat',
    mayRemove: () => (roles.now()[me.id] ?? 'member') !== 'member',
    report: ({ _id, author }) => report({ path: `/room/${room}/chat/${_id}`, name: author.name }),
  },
  people: people.list,
  tellTyping: (isOn) => socket.emit('typing', isOn),
});
const conversation = createConversation({
  key: room,
  screen,
  messages: data.messages,
  hasOlder: data.more,
  rev: data.rev,
  toMessage: (/** @type {MessageView} */ message) => message,
  async read(from) {
    /** @type {import('../net/pages.js').ChatsPage<MessageView>} */
    const { chats, ...page } = await readPage(`/room/${room}/chats`, from);
    return { messages: chats, ...page };
  },
  post: (body) => request(`/room/${room}/chat`, { method: 'POST', body }),
  pictures: `/room/${room}/gif`,
  postRefused: (code) => ENDS.has(code) && over(code),
  readRefused: over,
  arrived: (others) => attention.arrived(others.length),
  altered: (message) => search.altered(message),
  mentioned() {
    attention.mentioned();
    notify.tell('mention');
  },
});
const talk = initTalk({
  room,
  limits: data.pollLimits,
  asked: screen.toBottom,
  changed: conversation.replaced,
});
const search = initRoomSearch({
  room,
  jump: screen.jump,
  shiftOf: people.shiftOf,
  now: conversation.log.now,
  refused: over,
});
const hands = initHands({ room, hands: data.room.hands });
const sayQuietly = createQuietLines(conversation);
const notices = createNotices({ say: sayQuietly, newest: conversation.log.last });
notices.know(data.room.notices);
const roles = initRoles({
  roles: data.room.roles,
  nameOf: people.nameOf,
  say: sayQuietly,
  changed: people.setRoles,
});
initPersonActions({ room, roles: roles.now, nameOf: people.nameOf });
const joined = keepJoined(socket, {
  join: () => ask(socket, 'join', { room, after: conversation.after(), ...conversation.changesFrom(), batch: true }),
  joined(answer) {
    people.set(answer.members);
    roles.set(answer.roles);
    hands.show(answer.hands);
    if (answer.knocks) talk.knocks(answer.knocks);
    showReports(answer.reports ?? 0);
    notices.know(answer.notices);
    conversation.takePage({ ...answer, messages: answer.missed });
    conversation.changed();
    conversation.kick();
    document.documentElement.dataset.joined = room;
  },
  refused: over,
  state: (isUp) => leaving || screen.state(isUp),
});

/** The room is no longer ours: the page that says why is elsewhere. @param {string} code */
function over(code) {
  if (leaving) return;
  if (FORGETS.has(code)) conversation.forgetPictures();
  if (code === 'not_admitted' || code === 'password_required') return goTo(`/room/${room}`);
  if (code === 'room_closed') return goTo(`/room/${room}/closed`);
  if (code === 'room_not_found' || code === 'room_full' || code === 'banned' || code === 'removed')
    return goTo(`/?error=${code}`);
  notice(errorText(code));
}

/** Leave this page, unless it is being left already: a second navigation would end the first. @param {string} path */
function goTo(path) {
  if (leaving) return;
  leaving = true;
  joined.stop();
  location.replace(base + path);
}

socket.on('chats', (messages) => conversation.take(messages.filter((message) => message.room === room)));
socket.on('room', (view) => {
  if (view._id !== room) return;
  talk.room(view);
  hands.show(view.hands);
  people.seats(view.max);
});
socket.on('reports', (reported) => reported.room === room && showReports(reported.count));
socket.on('erased', (erased) => erased.room === room && conversation.erased(erased));
socket.on('notice', (notice) => notice.room === room && notices.hear(notice));
socket.on('hands', hands.show);
socket.on('knocks', (people) => {
  // Whoever asks is noticed like a message, also while the page is out of sight.
  attention.arrived(Math.max(0, people.length - asking));
  asking = people.length;
  talk.knocks(people);
});
socket.on('chatChanged', (message) => message.room === room && conversation.replaced(message));
socket.on('join', ({ who, others = [] }) => {
  for (const person of [...others, who]) {
    people.join(person);
    conversation.moved('joined', person);
  }
});
socket.on('exit', ({ who, reason }) => {
  // Left in another tab: with all of them.
  if (who.id === me.id) {
    conversation.forgetPictures();
    return goTo('/');
  }
  people.exit(who);
  screen.typing(who, false);
  if (!reason) conversation.moved('left', who);
  else sayQuietly(t(reason === 'banned' ? 'chat.left_banned' : 'chat.left_removed', { names: who.name }));
});
socket.on('roles', roles.set);
socket.on('typing', ({ who, on: isOn }) => screen.typing(who, isOn));
socket.on('closed', ({ room: ended, reason }) => {
  if (ended === room) over(reason === 'banned' || reason === 'removed' ? reason : 'room_closed');
});

screen.show(conversation);
talk.knocks(data.knocks);
screen.startAtNew();
initRoomBar({
  room,
  graceMs: data.graceMs,
  isLast: () => people.count() <= 1 && conversation.log.size() > 0,
  going() {
    leaving = true;
    conversation.forgetPictures();
  },
  back: () => goTo('/'),
  closed: () => over('room_closed'),
  failed: (code) => notice(errorText(code)),
});
screen.focusUnlessTouch();
ready();
