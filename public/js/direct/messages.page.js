/** Direct messages: the list, and one conversation. */
import { initAttention } from '../ui/attention.js';
import { initComposer } from '../messages/composer.js';
import { initConnection } from '../ui/connection.js';
import { createConversation } from '../messages/conversation.js';
import { initDirectLine } from './direct-line.js';
import { initHeader } from '../ui/header.js';
import { initLogView } from '../messages/log-view.js';
import { initOlder } from '../messages/older.js';
import { initOnlineList } from './online-list.js';
import { initProgram, initTalkMenu } from './conversation-menu.js';
import { initTalks } from './conversation-list.js';
import { initTyping } from '../messages/typing.js';
import { initViewport } from '../ui/viewport.js';
import { request } from '../net/api.js';
import { fromDirect, shownName } from '../../../shared/message-views.js';
import { base, find, h, me, on, pageData, ready, setText } from '../ui/dom.js';
import { t, time } from '../ui/words.js';

/** @typedef {import('../../../schemas/direct/contract.js').ConversationView} ConversationView */
/** @typedef {import('../../../schemas/direct/contract.js').DirectView} DirectView */
/** @typedef {import('../../../shared/timeline.js').Message} Message */
/** @typedef {{ open: ConversationView | null, messages: Message[], more: boolean, next: string | null, conversations: ConversationView[], online: import('./online-list.js').Start, limits?: { chat?: number } }} Data */

/** @type {Data} */
const data = pageData();
const { open } = data;
const other = open?.with ?? null;

initHeader();
initProgram();
initViewport();
const attention = initAttention({ direct: true });
const talks = initTalks({ current: other?.id ?? null, ...data });
const onlineList = initOnlineList(data.online);
const talk = open && !open.blocked && !open.ended ? startTalk(open) : null;
if (open) initTalkMenu({ other: open.with.id, name: shownName(open.with) });

const line = initDirectLine({
  other: talk && other ? other.id : null,
  log: talk?.log ?? null,
  up: () => talk?.up(),
  down: () => talk?.down(),
  arrived: (messages) => talk?.arrived(messages),
  seen: (conversation) => talk?.seen(conversation),
  gone: () => location.replace(`${base}/messages`),
});
line.socket.on('getOnlineUsers', (list) => {
  const ids = new Set(list);
  talks.online(ids);
  onlineList.set(ids);
  if (open && !open.ended) showStatus(ids.has(open.with.id));
});
line.socket.on('read', (mark) => {
  talks.changed();
  if (mark.by === other?.id) talk?.theyRead(mark.upTo);
});
line.socket.on('typing', (state) => {
  if (other && state.from === other.id) talk?.typing.show({ ...other, name: shownName(other) }, state.on);
});
line.socket.on('changed', talks.changed);
line.socket.on('newMessage', (message) => {
  talks.changed();
  if (message.senderId !== me.id) void talks.isMuted(message.senderId).then((muted) => muted || attention.arrived(1));
});
ready();

/** @param {boolean} isOnline */
function showStatus(isOnline) {
  const status = find('[data-status]', HTMLElement);
  if (!status || !other) return;
  if (isOnline) status.replaceChildren(h('span', { class: 'dot' }), t('messages.is_online'));
  else if (status.querySelector('.dot')) {
    setText(status, t('messages.is_away', { when: time(new Date().toISOString(), 'ago') }));
  }
}

/** One conversation's log, composer and marks. @param {ConversationView} view */
function startTalk({ with: person, theirReadUpTo }) {
  let read = theirReadUpTo;
  let told = 0;
  const them = () => person;
  const convert = (/** @type {DirectView} */ message) => fromDirect(message, me, them());
  const log = initLogView({ shiftOf: () => undefined, onBottom: () => tellRead() });
  const conversation = createConversation({
    room: `direct:${person.id}`,
    messages: data.messages,
    draw(rows, how) {
      log.draw(rows, how);
      showRead();
    },
    atBottom: log.atBottom,
    forgot: () => older.reopen(),
    over: () => undefined,
    post: async ({ chat, clientId }) =>
      convert(await request(`/api/messages/send/${person.id}`, { method: 'POST', body: { message: chat, clientId } })),
    async before(seq) {
      /** @type {import('./direct-line.js').Page} */
      const page = await request(`/api/messages/${person.id}?before=${seq}&limit=50`);
      return { chats: page.messages.map(convert), more: page.more };
    },
  });
  const older = initOlder(log.log, { more: data.more, load: conversation.loadOlder });
  const connection = initConnection({ wake: () => line.wake() });
  const typing = initTyping({ tell: (isOn) => line.socket.emit('typing', { to: person.id, on: isOn }) });
  const composer = initComposer({
    room: `direct:${person.id}`,
    limit: data.limits?.chat ?? 4000,
    send(text) {
      const taken = conversation.say(text);
      if (taken) log.toBottom();
      typing.stopped();
      return taken;
    },
    recallLast: conversation.recallLast,
    wrote: typing.wrote,
  });

  /** What is in sight has been read. */
  function tellRead() {
    const newest = conversation.log.last();
    if (document.hidden || !log.atBottom() || newest <= told) return;
    told = newest;
    line.socket.emit('read', { with: person.id, upTo: newest });
  }

  /** "Read" under the newest own message that they have read. */
  function showRead() {
    document.querySelector('.msg-read')?.remove();
    const mine = [...document.querySelectorAll('.msg.mine[id]')].filter((row) => Number(row.id.slice(2)) <= read);
    mine
      .at(-1)
      ?.querySelector('.msg-main')
      ?.append(h('p', { class: 'msg-read' }, t('messages.read')));
  }

  /** @param {Message[]} fresh what they wrote just now shakes once; the stylesheet leaves it out where motion is unwanted */
  function shake(fresh) {
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        for (const { seq } of fresh) document.getElementById(`m-${seq}`)?.classList.add('is-shaken');
      }),
    );
  }

  conversation.changed({ quietly: true });
  on(document, 'visibilitychange', () => !document.hidden && tellRead());
  on(log.log, 'click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-retry], [data-discard]') : null;
    if (!(button instanceof HTMLElement)) return;
    if (button.dataset['retry']) conversation.retry(button.dataset['retry']);
    if (button.dataset['discard']) conversation.discard(button.dataset['discard']);
  });
  if (matchMedia('(hover: hover)').matches) composer.focus();
  return {
    log: conversation.log,
    typing,
    up() {
      connection.back();
      conversation.kick();
      tellRead();
    },
    down: connection.lost,
    /** @param {DirectView[]} messages */
    arrived(messages) {
      const fresh = conversation.add(messages.map(convert));
      if (fresh.length) {
        typing.show({ ...person, name: '' }, false);
        shake(fresh);
      }
      setTimeout(tellRead, 100);
    },
    /** @param {ConversationView} now */
    seen(now) {
      if (now.blocked || now.ended) location.reload();
      this.theyRead(now.theirReadUpTo);
    },
    /** @param {number} upTo */
    theyRead(upTo) {
      read = Math.max(read, upTo);
      showRead();
    },
  };
}
