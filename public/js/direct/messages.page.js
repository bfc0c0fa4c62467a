/** Direct messages: the list, and one conversation. */
import { keepJoined } from '../net/join.js';
import { connect } from '../net/socket.js';
import { shownName } from '../../../shared/message-views.js';
import { initAttention } from '../ui/attention.js';
import { find, h, me, pageData, ready, setText } from '../ui/dom.js';
import { initHeader } from '../ui/header.js';
import { initNotify } from '../ui/notify.js';
import { initViewport } from '../ui/viewport.js';
import { forgetPictures } from '../ui/waiting-pictures.js';
import { t, time } from '../ui/words.js';
import { initConversationList } from './conversation-list.js';
import { initConversationMenu, initProgram } from './conversation-menu.js';
import { initOnlineList } from './online-list.js';
import { openConversation } from './open-conversation.js';

/** @typedef {import('../../../schemas/direct/contract.js').ConversationView} ConversationView */
/**
 * @typedef {{
 *   open: ConversationView | null, messages: import('../../../shared/timeline.js').Message[], more: boolean, rev: number,
 *   next: string | null, conversations: ConversationView[], online: import('./online-list.js').Start,
 *   limits: { chat: number, upload: number },
 * }} Data `next`: the cursor of the list's next page
 */

/** @type {Data} */
const data = pageData();
const { open } = data;

initHeader();
initProgram();
const socket = connect('/direct', { batch: true });
const attention = initAttention({ direct: true });
const notify = initNotify();
const list = initConversationList({ ...data, current: open?.with.id ?? null });
const onlineList = initOnlineList(data.online);
const conversation = open && !open.blocked && !open.ended ? openConversation(socket, { ...data, open }) : null;
if (open && !conversation) forgetPictures(`direct:${open.with.id}`);
if (open) initConversationMenu({ other: open.with.id, name: shownName(open.with) });
if (!conversation) initViewport();

keepJoined(socket, {
  join: () => Promise.resolve(),
  joined() {
    // What came between the page and its connection, or while that was lost.
    list.changed();
    conversation?.connected();
    document.documentElement.dataset.joined = 'direct';
  },
  refused: () => undefined,
  state: (isUp) => conversation?.state(isUp),
});
socket.on('getOnlineUsers', (online) => {
  const ids = new Set(online);
  list.online(ids);
  onlineList.set(ids);
  if (open && !open.ended) showStatus(ids.has(open.with.id));
});
socket.on('read', ({ by, upTo }) => {
  list.changed();
  if (by === open?.with.id) conversation?.theyRead(upTo);
});
socket.on('typing', ({ from, on: isOn }) => from === open?.with.id && conversation?.typing(isOn));
socket.on('changed', (change) => {
  list.changed();
  if (change.with === open?.with.id) conversation?.reread();
});
socket.on('messageChanged', (message) => {
  list.changed();
  if ([message.senderId, message.receiverId].includes(open?.with.id ?? '')) conversation?.replaced(message);
});
socket.on('newMessages', (messages) => {
  list.changed();
  conversation?.take(messages.filter((each) => [each.senderId, each.receiverId].includes(open?.with.id ?? '')));
  const authors = messages.map(({ senderId }) => senderId).filter((id) => id !== me.id);
  for (const id of new Set(authors)) {
    const count = authors.filter((author) => author === id).length;
    void list.isMuted(id).then((muted) => {
      if (muted) return;
      attention.arrived(count);
      notify.tell('direct');
    });
  }
});
ready();

/** @param {boolean} isOnline */
function showStatus(isOnline) {
  const status = find('[data-status]', HTMLElement);
  if (!status) return;
  if (isOnline) status.replaceChildren(h('span', { class: 'dot' }), t('messages.is_online'));
  else if (status.querySelector('.dot')) {
    setText(status, t('messages.is_away', { when: time(new Date().toISOString(), 'ago') }));
  }
}
