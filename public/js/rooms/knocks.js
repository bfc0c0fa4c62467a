/**
 * Who asks to be let in: the list above the conversation, for those in charge. In the shape of views/chat.html. Loaded with
 * the first who knocks.
 */
import { request } from '../net/api.js';
import { base, faceNode, fillList, h, need, on, setText } from '../ui/dom.js';
import { notice } from '../ui/notice.js';
import { failureText, t } from '../ui/words.js';

/** @typedef {import('../../../schemas/people/contract.js').Person} Person */

/** @param {string} room */
export function initKnocks(room) {
  const box = need('[data-knocks-box]', HTMLDetailsElement);
  const list = need('[data-knocks]', HTMLElement, box);
  const all = need('[data-knocks-all]', HTMLFormElement, box);
  const words = need('[data-knocks-words]', HTMLElement, box);
  const path = `/room/${room}/knocks`;

  /** @param {Person} person */
  function row(person) {
    const { id, name } = person;
    /** @param {boolean} admit */
    const button = (admit) => {
      const kind = admit ? 'admit' : 'refuse';
      const style = admit ? 'button' : 'button quiet';
      const label = t(`knocks.${kind}_who`, { name });
      return h('button', { class: style, name: 'admit', value: `${admit}`, 'aria-label': label }, t(`knocks.${kind}`));
    };
    const form = h('form', { method: 'post', action: `${base}${path}/${id}` }, button(true), button(false));
    return h('li', {}, faceNode(person, 32), h('span', { class: 'person-name' }, name), form);
  }

  /** @param {Person[]} people in order */
  function show(people) {
    const rows = [...list.children];
    const at = rows.findIndex((each) => each.contains(document.activeElement));
    fillList(list, people, ({ id }) => id, row);
    // The row that had the focus is gone: the next one has it, or what one was writing.
    if (at >= 0 && !rows[at]?.isConnected) {
      const next = list.children[Math.min(at, list.children.length - 1)]?.querySelector('button');
      (next ?? document.querySelector('textarea'))?.focus();
    }
    if (people.length > 0) setText(words, t('knocks.waiting', { count: people.length }));
    all.hidden = people.length < 2;
    box.hidden = people.length === 0;
  }

  /** @param {string} to @param {object} [body] */
  async function answer(to, body) {
    box.setAttribute('aria-busy', 'true');
    try {
      show((await request(to, { method: 'POST', body })).knocks);
    } catch (error) {
      notice(failureText(error));
    }
    box.removeAttribute('aria-busy');
  }

  on(box, 'submit', (event) => {
    event.preventDefault();
    const id = event.target.closest('li')?.dataset.id;
    if (!id) void answer(path);
    else void answer(`${path}/${id}`, { admit: event.submitter?.value === 'true' });
  });
  return { show };
}
