/**
 * A poll in the log: votes, and shows how the votes stand. Loaded with the first poll. In the shape of
 * views/macros/poll.html.
 */
import { request } from '../net/api.js';
import { base, find, h, on, setText } from '../ui/dom.js';
import { notice } from '../ui/notice.js';
import { keep, recall } from '../ui/store.js';
import { errorText, failureText, t } from '../ui/words.js';
import { pollTotal, pollWords } from '../../../shared/polls.js';

/** @typedef {import('../../../schemas/rooms/contract.js').MessageView} MessageView */
/** @typedef {import('../../../schemas/rooms/contract.js').PollView} PollView */
/** A poll, and on the page itself what its reader chose. @typedef {MessageView & { poll: PollView & { mine?: number[] } }} PollMessage */

/** What each poll on the page shows. @type {WeakMap<HTMLElement, PollMessage>} */
const shown = new WeakMap();

/** What the reader chose, kept by the browser: the server tells nobody again. @param {string} id */
const ownKey = (id) => `vote ${id}`;

/**
 * @param {HTMLElement} row of the log
 * @param {PollMessage} message
 * @param {(message: MessageView) => void} changed
 */
export function drawPoll(row, message, changed) {
  let box = find('[data-poll]', HTMLElement, row);
  if (!box) {
    box = build(message);
    find('.bubble', HTMLElement, row)?.replaceWith(box);
  }
  const before = shown.get(box);
  if (before === message) return;
  if (!before) listen(box, message, changed);
  shown.set(box, message);
  update(box, message.poll);
}

/** @param {PollMessage} message */
function build({ _id, room, poll }) {
  const action = `${base}/room/${room}/polls/${_id}`;
  const mine = recall('local', ownKey(_id), poll.mine ?? []);
  const options = poll.options.map(({ text }, number) =>
    h(
      'label',
      { class: 'poll-option' },
      h('input', {
        type: poll.multiple ? 'checkbox' : 'radio',
        name: 'options',
        value: String(number),
        checked: mine.includes(number),
      }),
      h('span', { class: 'poll-text' }, text),
      h('span', { class: 'poll-votes', 'data-votes': true }),
      h('progress', { class: 'poll-bar', max: '1', value: '0', 'aria-hidden': 'true' }),
      h('span', { class: 'poll-voters', 'data-voters': true }),
    ),
  );
  const words = h('span', { 'data-poll-words': true });
  const send = h('button', { class: 'button', 'data-poll-send': true }, t('poll.vote'));
  return h(
    'div',
    { class: 'bubble poll', 'data-poll': _id },
    h(
      'form',
      { method: 'post', action: `${action}/vote`, 'data-poll-vote': true },
      h('fieldset', {}, h('legend', { class: 'poll-question' }, poll.question), ...options),
      h('p', { class: 'poll-foot' }, words, send),
    ),
    h(
      'form',
      { class: 'for-hosts', method: 'post', action: `${action}/end`, 'data-poll-end': true },
      h('button', { class: 'button quiet' }, t('poll.end')),
    ),
  );
}

/** @param {HTMLElement} box @param {PollMessage} message @param {(message: MessageView) => void} changed */
function listen(box, { _id, room }, changed) {
  const path = `/room/${room}/polls/${_id}`;

  /** @param {string} method @param {string} tail @param {object} [body] */
  async function send(method, tail, body) {
    try {
      changed(await request(path + tail, { method, body }));
      return true;
    } catch (error) {
      notice(failureText(error));
      return false;
    }
  }

  const form = find('[data-poll-vote]', HTMLFormElement, box);
  on(form, 'submit', async (event) => {
    event.preventDefault();
    const options = new FormData(form ?? undefined).getAll('options').map(Number);
    if (!options.length) return notice(errorText('vote_required'));
    if (await send('PUT', '/vote', { options })) keep('local', ownKey(_id), options);
  });
  on(find('[data-poll-end]', HTMLFormElement, box), 'submit', (event) => {
    event.preventDefault();
    void send('POST', '/end');
  });
}

/** @param {HTMLElement} box @param {PollView} poll */
function update(box, poll) {
  const all = pollTotal(poll);
  const rows = [...box.querySelectorAll('.poll-option')];
  poll.options.forEach(({ votes, voters = [] }, number) => {
    const row = rows[number];
    if (!row) return;
    for (const count of row.querySelectorAll('[data-votes]')) setText(count, String(votes));
    for (const names of row.querySelectorAll('[data-voters]'))
      setText(names, voters.map(({ name }) => name).join(', '));
    for (const bar of row.querySelectorAll('progress')) Object.assign(bar, { max: all || 1, value: votes });
  });
  const words = find('[data-poll-words]', HTMLElement, box);
  if (words) setText(words, pollWords(poll, t));
  if (!poll.endedAt) return;
  const fields = find('fieldset', HTMLFieldSetElement, box);
  if (fields) fields.disabled = true;
  for (const button of box.querySelectorAll('[data-poll-send], [data-poll-end]')) button.remove();
}
