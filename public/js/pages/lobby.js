/** The lobby: come in under a name, one stream, who is here. */
import { initAttention } from '../components/attention.js';
import { initComposer } from '../components/composer.js';
import { initConnection } from '../components/connection.js';
import { createConversation } from '../components/conversation.js';
import { initHeader } from '../components/header.js';
import { initLobbyPeople } from '../components/lobby-people.js';
import { initLogView } from '../components/log-view.js';
import { initOlder } from '../components/older.js';
import { initViewport } from '../components/viewport.js';
import { request } from '../lib/api.js';
import { fromLobby } from '../lib/direct.js';
import { find, need, on, pageData, ready, setText } from '../lib/dom.js';
import { connect, wakeUp } from '../lib/socket.js';
import { errorText, t } from '../lib/words.js';

/** @typedef {import('../../../schemas/events.js').LobbyServerEvents} Server */
/** @typedef {import('../../../schemas/events.js').LobbyClientEvents} Client */
/** @typedef {import('../../../schemas/events.js').LobbyMessageView} LobbyMessageView */
/** @typedef {import('../lib/timeline.js').Message} Message */
/** @typedef {{ user: { id: string, name: string, online: boolean } | null, messages: Message[], more: boolean, seq: number, limits?: { chat?: number } }} Data */
/** @typedef {import('../../vendor/socket.io.js').Socket<Server, Client>} Socket */

/** @type {Data} */
const data = pageData();
/** The name this page is here under. */
let name = data.user?.online ? data.user.name : '';
/** Everything up to this number has been heard, what the system said too. */
let heard = data.seq;

initHeader();
initViewport();
const people = initLobbyPeople();
const attention = initAttention();
const view = initLogView({ shiftOf: () => undefined, onBottom: () => conversation.sawAll() });
const conversation = createConversation({
  room: 'lobby',
  messages: data.messages,
  draw: view.draw,
  atBottom: view.atBottom,
  forgot: () => older.reopen(),
  over: (code) => code === 'lobby_name_required' && ask(code),
  async post(body) {
    const message = fromLobby(await request('/lobby/messages', { method: 'POST', body }));
    if (!message) throw new Error('not a message');
    return message;
  },
  async before(seq) {
    /** @type {{ chats: LobbyMessageView[], more: boolean }} */
    const page = await request(`/lobby/messages?before=${seq}&limit=50`);
    return { chats: page.chats.flatMap((message) => fromLobby(message) ?? []), more: page.more };
  },
});
const older = initOlder(view.log, { more: data.more, load: conversation.loadOlder });
const connection = initConnection({ wake: () => wakeUp(socket) });
const composer = initComposer({
  room: 'lobby',
  limit: data.limits?.chat ?? 4000,
  send(text) {
    const taken = conversation.say(text);
    if (taken) view.toBottom();
    return taken;
  },
  recallLast: conversation.recallLast,
  wrote: () => undefined,
});

const enter = need('[data-enter]', HTMLElement);
const form = need('[data-name-form]', HTMLFormElement);
const field = need('input[name=name]', HTMLInputElement, form);
const error = need('[data-error=name]', HTMLElement);

/** Show the name form, with what was wrong. @param {string} [code] */
function ask(code) {
  enter.hidden = false;
  error.hidden = !code;
  setText(need('span', HTMLElement, error), code ? errorText(code) : '');
  if (code) field.setAttribute('aria-invalid', 'true');
  else field.removeAttribute('aria-invalid');
  field.focus();
}

/** @param {string} wished */
function join(wished) {
  socket.emit('join', { name: wished, after: heard }, (answer) => {
    if (!answer.ok) return ask(answer.error.code);
    name = answer.user.name;
    inside(true);
    for (const message of answer.missed) take(message);
    conversation.kick();
  });
}

/** @param {boolean} isIn */
function inside(isIn) {
  const was = !need('[data-speak]', HTMLElement).hidden;
  enter.hidden = isIn;
  error.hidden = true;
  field.removeAttribute('aria-invalid');
  need('[data-speak]', HTMLElement).hidden = !isIn;
  const leave = find('[data-leave]', HTMLElement);
  if (leave) leave.hidden = !isIn;
  const as = need('[data-as]', HTMLElement);
  as.hidden = !isIn;
  if (as.firstChild) as.firstChild.textContent = `${t('lobby.as', { name })} `;
  if (isIn && !was) composer.focus();
}

/** @param {LobbyMessageView} message */
function take(message) {
  if (message.seq <= heard) return;
  heard = message.seq;
  const chat = fromLobby(message);
  if (chat) attention.arrived(conversation.add([chat]).length);
  else if (message.who && message.event !== 'renamed') {
    conversation.moved(message.event === 'left' ? 'left' : 'joined', message.who);
  }
}

/** @type {Socket} */
const socket = connect('/lobby');
socket.on('connect', () => {
  connection.back();
  if (name) join(name);
});
socket.on('disconnect', connection.lost);
socket.on('connect_error', connection.lost);
socket.on('message', take);
socket.on('users', people.set);

on(form, 'submit', (event) => {
  event.preventDefault();
  join(field.value);
});
on(find('[data-rename]', HTMLButtonElement), 'click', () => {
  find('[data-people-sheet]', HTMLDialogElement)?.close();
  ask();
});
on(view.log, 'click', ({ target }) => {
  const button = target instanceof Element ? target.closest('[data-retry], [data-discard]') : null;
  if (!(button instanceof HTMLElement)) return;
  if (button.dataset['retry']) conversation.retry(button.dataset['retry']);
  if (button.dataset['discard']) conversation.discard(button.dataset['discard']);
});
conversation.changed({ quietly: true });
ready();
