/** The conversation that is open: its messages, who has read them, and what shakes when it arrives. */
import { createConversation } from '../messages/conversation.js';
import { mount } from '../messages/mount.js';
import { request } from '../net/api.js';
import { readPage } from '../net/pages.js';
import { fromDirect, shownName } from '../../../shared/message-views.js';
import { base, h, me } from '../ui/dom.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../schemas/direct/contract.js').ConversationView} ConversationView */
/** @typedef {import('../../../schemas/direct/contract.js').DirectView} DirectView */
/** @typedef {import('../../../shared/timeline.js').Message} Message */

/**
 * @param {import('../net/socket.js').SocketOf<'/direct'>} socket
 * @param {{
 *   open: ConversationView, messages: Message[], more: boolean, rev: number, limits: { chat: number, upload: number },
 * }} data
 */
export function openConversation(socket, { open, messages, more, rev, limits }) {
  const { with: person } = open;
  let readUpTo = open.theirReadUpTo;
  const screen = mount({
    socket,
    limits,
    actions: { path: (id) => `/api/messages/${person.id}/${id}`, field: 'message' },
    people: () => [{ ...person, name: shownName(person) }],
    tellTyping: (isOn) => socket.emit('typing', { to: person.id, on: isOn }),
  });
  const conversation = createConversation({
    key: `direct:${person.id}`,
    screen: {
      ...screen,
      draw(rows, how) {
        screen.draw(rows, how);
        showRead();
      },
    },
    messages,
    hasOlder: more,
    rev,
    toMessage: (/** @type {DirectView} */ message) => fromDirect(message, me, person),
    async read(from) {
      /** @type {{ conversation: ConversationView } & import('../messages/stream.js').Page<DirectView>} */
      const page = await readPage(`/api/messages/${person.id}`, from);
      if (page.conversation.blocked || page.conversation.ended) location.reload();
      theyRead(page.conversation.theirReadUpTo);
      return page;
    },
    post: ({ chat, ...rest }) =>
      request(`/api/messages/send/${person.id}`, { method: 'POST', body: { message: chat, ...rest } }),
    pictures: `/api/messages/send/${person.id}/gif`,
    readRefused: (code) => code === 'person_not_found' && location.replace(`${base}/messages`),
    arrived: shake,
    seen: (seq) => socket.emit('read', { with: person.id, upTo: seq }),
  });

  /** "Read" under the newest own message that they have read. */
  function showRead() {
    document.querySelector('.msg-read')?.remove();
    const mine = [...document.querySelectorAll('.msg.mine[id]')].filter((row) => Number(row.id.slice(2)) <= readUpTo);
    mine
      .at(-1)
      ?.querySelector('.msg-main')
      ?.append(h('p', { class: 'msg-read' }, t('messages.read')));
  }

  /** @param {number} upTo */
  function theyRead(upTo) {
    readUpTo = Math.max(readUpTo, upTo);
    showRead();
  }

  screen.show(conversation);
  screen.focusUnlessTouch();
  return {
    state: screen.state,
    /** There is a connection: what was missed is read, what could not be sent is sent. */
    connected() {
      conversation.kick();
      void conversation.catchUp();
    },
    /** Something about the conversation changed: read it again. */
    reread: () => void conversation.catchUp(),
    take: conversation.take,
    replaced: conversation.replaced,
    theyRead,
    /** @param {boolean} isOn */
    typing: (isOn) => screen.typing({ ...person, name: shownName(person) }, isOn),
  };
}

/** What they wrote just now shakes once; the stylesheet leaves it out where motion is unwanted. @param {readonly Message[]} fresh */
function shake(fresh) {
  requestAnimationFrame(() => {
    for (const { seq } of fresh) document.getElementById(`m-${seq}`)?.classList.add('is-shaken');
  });
}
