/** One room: puts the parts together. What each does is written where it lives. */
import { initAttach } from '../pictures/attach.js';
import { initAttention } from '../ui/attention.js';
import { initComposer } from '../messages/composer.js';
import { initConnection } from '../ui/connection.js';
import { createConversation } from '../messages/conversation.js';
import { initHeader } from '../ui/header.js';
import { initLightbox } from '../pictures/lightbox.js';
import { initLogView } from '../messages/log-view.js';
import { notice } from '../ui/notice.js';
import { initOlder } from '../messages/older.js';
import { initPeople } from './people.js';
import { nameLink } from '../messages/person-name.js';
import { initRoomLine } from './room-line.js';
import { initRoomMenu } from './room-menu.js';
import { initShare } from './share.js';
import { initTyping } from '../messages/typing.js';
import { initViewport } from '../ui/viewport.js';
import { base, me, on, pageData, ready } from '../ui/dom.js';
import { errorText } from '../ui/words.js';

/** @typedef {import('../../../schemas/rooms/contract.js').RoomView} RoomView */
/** @typedef {import('../../../shared/timeline.js').Message} Message */
/** @typedef {{ room: RoomView, messages: Message[], more: boolean, members: import('./people.js').Member[], limits?: { chat?: number, upload?: number } }} Data */

/** @type {Data} */
const data = pageData();
const room = data.room._id;
const limits = { chat: data.limits?.chat ?? 4000, upload: data.limits?.upload ?? 5_242_880 };
let leaving = false;

/** The room is no longer ours: the page that says why is elsewhere. @param {string} code */
function over(code) {
  if (leaving) return;
  if (code === 'not_admitted' || code === 'password_required') return goTo(`/room/${room}`);
  if (code === 'room_closed') return goTo(`/room/${room}/closed`);
  if (code === 'room_not_found' || code === 'room_full') return goTo(`/?error=${code}`);
  notice(errorText(code));
}

/** @param {string} path */
function goTo(path) {
  leaving = true;
  line.stop();
  location.replace(base + path);
}

initHeader();
const people = initPeople({ members: data.members, owner: data.room.owner, max: data.room.max });
const view = initLogView({ shiftOf: people.shiftOf, nameLink, onBottom: () => conversation.sawAll() });
const conversation = createConversation({
  room,
  messages: data.messages,
  draw: view.draw,
  atBottom: view.atBottom,
  forgot: () => older.reopen(),
  over,
  // A text that does not get through says more of the line than a socket that has not noticed yet.
  heard: (answered) => (answered ? line.socket.connected && connection.back() : connection.lost()),
});
const attention = initAttention();
const connection = initConnection({ wake: (sure) => line.wake(sure) });
const typing = initTyping({ tell: (isOn) => line.socket.emit('typing', isOn) });

/** @param {Message[]} messages */
function arrived(messages) {
  const others = conversation.add(messages);
  for (const message of others) typing.show({ id: message.author.id, color: message.user, name: '' }, false);
  attention.arrived(others.length);
}

const line = initRoomLine({
  room,
  log: conversation.log,
  arrived,
  refused: over,
  down: () => leaving || connection.lost(),
  up(answer) {
    connection.back();
    people.set(answer.members, answer.people);
    conversation.changed();
    conversation.kick();
  },
});
line.socket.on('join', ({ who, people: count }) => {
  people.join(who, count);
  conversation.moved('joined', who);
});
line.socket.on('exit', ({ who, people: count }) => {
  // Left in another tab: with all of them.
  if (who.id === me.id) return goTo('/');
  people.exit(who, count);
  typing.show(who, false);
  conversation.moved('left', who);
});
line.socket.on('typing', ({ who, on: isOn }) => typing.show(who, isOn));
line.socket.on('closed', (end) => end.room === room && over('room_closed'));

const older = initOlder(view.log, { more: data.more, load: conversation.loadOlder });
const attach = initAttach({
  room,
  limit: limits.upload,
  posted: (message) => {
    view.toBottom();
    conversation.add([message]);
  },
  ready: () => composer.focus(),
});
const composer = initComposer({
  room,
  limit: limits.chat,
  send(text) {
    const sentPicture = attach.send();
    const sentText = conversation.say(text);
    if (sentText) view.toBottom();
    typing.stopped();
    return sentPicture || sentText;
  },
  recallLast: conversation.recallLast,
  wrote: typing.wrote,
});

conversation.changed({ quietly: true });
requestAnimationFrame(() => requestAnimationFrame(() => view.startAtNew(conversation.newCount())));
initLightbox(view.log);
initShare();
initViewport();
initRoomMenu({
  room,
  alone: () => people.count() <= 1,
  hasMessages: () => conversation.log.size() > 0,
  going: () => (leaving = true),
  failed: (code) => notice(errorText(code)),
});
on(view.log, 'click', ({ target }) => {
  const button = target instanceof Element ? target.closest('[data-retry], [data-discard]') : null;
  if (!(button instanceof HTMLElement)) return;
  const { retry, discard } = button.dataset;
  if (retry) conversation.retry(retry);
  if (discard) conversation.discard(discard);
  composer.focus();
});
// A page that the browser keeps for "back" must not keep its seat; it comes back whole.
on(window, 'pagehide', (event) => event.persisted && line.socket.disconnect());
on(window, 'pageshow', (event) => event.persisted && location.reload());
if (matchMedia('(hover: hover)').matches) composer.focus();
ready();
