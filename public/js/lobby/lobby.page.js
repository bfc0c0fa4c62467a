/** The lobby: come in under a name, one stream, who is here. */
import { initAttention } from '../ui/attention.js';
import { initComposer } from '../messages/composer.js';
import { initConnection } from '../ui/connection.js';
import { createConversation } from '../messages/conversation.js';
import { initHeader } from '../ui/header.js';
import { initLobbyLine } from './lobby-line.js';
import { initLobbyPeople } from './lobby-people.js';
import { initLogView } from '../messages/log-view.js';
import { initOlder } from '../messages/older.js';
import { nameLink } from '../messages/person-name.js';
import { initViewport } from '../ui/viewport.js';
import { request } from '../net/api.js';
import { fromLobby } from '../../../shared/message-views.js';
import { find, need, on, pageData, ready, setText } from '../ui/dom.js';
import { errorText, t } from '../ui/words.js';

/** @typedef {import('../../../schemas/lobby/contract.js').LobbyMessageView} LobbyMessageView */
/** @typedef {import('../../../shared/timeline.js').Message} Message */
/** @typedef {{ user: { id: string, name: string, online: boolean } | null, messages: Message[], more: boolean, seq: number, limits?: { chat?: number } }} Data */

/** @type {Data} */
const data = pageData();

initHeader();
initViewport();
const people = initLobbyPeople();
const attention = initAttention();
const view = initLogView({ shiftOf: () => undefined, nameLink, onBottom: () => conversation.sawAll() });
const conversation = createConversation({
  room: 'lobby',
  messages: data.messages,
  draw: view.draw,
  atBottom: view.atBottom,
  forgot: () => older.reopen(),
  // Another tab has left, or the name was given away.
  ends: ['lobby_name_required'],
  over: (code) => ask(code),
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
const connection = initConnection({ wake: () => line.wake() });
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

/** Here, under a name. @param {string} name */
function inside(name) {
  const speak = need('[data-speak]', HTMLElement);
  const isNew = speak.hidden;
  enter.hidden = true;
  error.hidden = true;
  field.removeAttribute('aria-invalid');
  speak.hidden = false;
  const leave = find('[data-leave]', HTMLElement);
  if (leave) leave.hidden = false;
  const as = need('[data-as]', HTMLElement);
  as.hidden = false;
  if (as.firstChild) as.firstChild.textContent = `${t('lobby.as', { name })} `;
  if (isNew) composer.focus();
  conversation.kick();
}

/** @param {LobbyMessageView} message */
function took(message) {
  const chat = fromLobby(message);
  if (chat) attention.arrived(conversation.add([chat]).length);
  else if (message.who && message.event !== 'renamed') {
    conversation.moved(message.event === 'left' ? 'left' : 'joined', message.who);
  }
}

const line = initLobbyLine({
  name: data.user?.online ? data.user.name : '',
  seq: data.seq,
  up: connection.back,
  down: connection.lost,
  took,
  inside,
  refused: ask,
});
line.socket.on('users', people.set);

on(form, 'submit', (event) => {
  event.preventDefault();
  line.join(field.value);
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
