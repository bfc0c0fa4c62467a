/** Raised hands: the queue above the conversation, and the reader's own in the menu. In the shape of views/chat.html. */
import { request } from '../net/api.js';
import { base, fillList, h, icon, me, need, on, setText } from '../ui/dom.js';
import { notice } from '../ui/notice.js';
import { failureText, t } from '../ui/words.js';
import { handOf } from '../../../shared/room-rules.js';

/** @typedef {import('../../../schemas/people/contract.js').Person} Person */

/** @param {{ room: string, hands: Person[] }} start */
export function initHands({ room, hands: initial }) {
  const box = need('[data-hands-box]', HTMLElement);
  const list = need('[data-hands]', HTMLElement, box);
  const words = need('[data-hand-words]', HTMLElement);
  let isUp = handOf(initial, me.id);

  /** @param {Person} person */
  function item({ id, name }) {
    const label = t('hands.lower_of', { name });
    const button = h('button', { class: 'button quiet icon-only', 'aria-label': label, title: label }, icon('x'));
    const action = `${base}/room/${room}/hands/${id}/lower`;
    return h('li', {}, h('span', {}, name), h('form', { class: 'for-hosts', method: 'post', action }, button));
  }

  /** @param {Person[]} hands in order */
  function show(hands) {
    isUp = handOf(hands, me.id);
    setText(words, t(isUp ? 'hands.lower' : 'hands.raise'));
    fillList(list, hands, ({ id }) => id, item);
    box.hidden = hands.length === 0;
  }

  /** @param {string} method @param {string} path */
  async function ask(method, path) {
    try {
      show((await request(`/room/${room}${path}`, { method })).hands);
    } catch (error) {
      notice(failureText(error));
    }
  }

  on(document.querySelector('[data-hand]'), 'submit', (event) => {
    event.preventDefault();
    document.querySelector('details[data-menu]')?.removeAttribute('open');
    void ask(isUp ? 'DELETE' : 'PUT', '/hand');
  });
  on(list, 'submit', (event) => {
    event.preventDefault();
    const id = event.target.closest('li')?.dataset.id;
    if (id) void ask('DELETE', `/hands/${id}`);
  });
  return { show };
}
