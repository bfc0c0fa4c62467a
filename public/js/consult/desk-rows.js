/** The rows of the desk's lists: who waits, what is mine, who else works here, what ended today. */
import { faceNode, find, h, me, need, setText } from '../ui/dom.js';
import { t, time } from '../ui/words.js';

/** @typedef {import('../../../schemas/consult/contract.js').WaitingView} WaitingView */
/** @typedef {import('../../../schemas/consult/contract.js').DeskSessionView} DeskSessionView */
/** @typedef {import('../../../schemas/consult/contract.js').DeskView['consultants'][number]} Colleague */
/** @typedef {import('../../../schemas/consult/contract.js').EndedView} EndedView */

/** Milliseconds before an answer is due from which it counts as late. */
const LATE_MS = 60_000;

/** Less than a minute is left to answer. @param {DeskSessionView} row */
export const isLate = ({ answerDue }) => answerDue !== null && Date.parse(answerDue) < Date.now() + LATE_MS;

/**
 * @param {{ visitor: import('../../../schemas/people/contract.js').Person, topic: string }} row
 * @param {...(Node | string | null)} tags
 */
function who({ visitor, topic }, ...tags) {
  return h(
    'span',
    { class: 'who' },
    faceNode(visitor, 36),
    h(
      'span',
      { class: 'who-words' },
      h('b', {}, visitor.name),
      h('span', { class: 'who-topic' }, topic || t('desk.no_topic')),
      h('span', { class: 'who-tags' }, ...tags),
    ),
  );
}

/** @param {string} words @param {string} [kind] */
const tag = (words, kind = '') => h('span', { class: `tag ${kind}` }, words);

/** @param {WaitingView} row @param {HTMLElement} [there] the element it has */
export function waitingRow(row, there) {
  const body = who(
    row,
    row.returned ? tag(t('desk.returned'), 'tag-back') : null,
    row.away ? tag(t('desk.visitor_away')) : null,
    h('span', { class: 'since', 'data-since': row.since }),
  );
  const own = there ?? h('li', { class: 'desk-row' });
  const button =
    find('button', HTMLButtonElement, own) ??
    h('button', { class: 'button primary', type: 'button', 'data-take': row.sessionId });
  if (!button.disabled) setText(button, t('desk.take'));
  button.setAttribute('aria-label', `${t('desk.take')}: ${row.visitor.name}`);
  if (there) find('.who', HTMLElement, own)?.replaceWith(body);
  else own.append(body, button);
  return own;
}

/** @param {import('./desk-cases.js').DeskRow} row @param {HTMLElement} [there] */
export function mineRow(row, there) {
  const body = who(
    row,
    row.unread ? tag(t('desk.unread', { count: row.unread }), 'tag-new') : null,
    row.away ? tag(t('desk.visitor_away')) : null,
    row.state === 'ended' ? tag(t('consult.ended_sub')) : isLate(row) ? tag(t('desk.answer_late'), 'tag-back') : null,
  );
  const own = there ?? h('li', { class: 'desk-row' }, h('button', { class: 'desk-open', type: 'button' }));
  const button = need('button', HTMLButtonElement, own);
  button.dataset.open = row.sessionId;
  button.setAttribute('aria-current', String(row.active));
  button.replaceChildren(body);
  return own;
}

/** @param {Colleague} row */
export const colleagueRow = (row) =>
  h(
    'li',
    { class: row.away ? 'colleague is-away' : 'colleague' },
    faceNode(row, 28),
    h('span', {}, row.name, row.id === me.id ? h('span', { class: 'you-tag' }, ` ${t('you.suffix')}`) : null),
    h('span', { class: 'hint' }, row.away ? t('desk.away') : t('desk.cases', { count: row.cases })),
  );

/** @param {EndedView} row */
export const endedRow = (row) =>
  h(
    'li',
    { class: 'desk-row ended-row' },
    who(
      row,
      h('span', {}, time(row.endedAt, 'clock')),
      row.consultant ? h('span', {}, t('desk.ended_with', { name: row.consultant.name })) : null,
    ),
    h(
      'p',
      { class: 'ended-rating' },
      row.rating
        ? h(
            'span',
            { role: 'img', 'aria-label': t('consult.stars', { count: row.rating.stars }), class: 'ended-stars' },
            '★'.repeat(row.rating.stars) + '☆'.repeat(5 - row.rating.stars),
          )
        : h('span', { class: 'hint' }, t('desk.rating_none')),
      row.rating?.line ? ` ${row.rating.line}` : null,
    ),
  );
