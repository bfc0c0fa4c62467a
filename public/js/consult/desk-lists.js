/** The desk's lists: who waits, what is mine, who else works here, what ended today. Rows keep their element and focus. */
import { faceNode, find, h, me, need, on, setText, together } from '../ui/dom.js';
import { lengthText } from '../../../shared/consult-views.js';
import { t, time } from '../ui/words.js';

/** @typedef {import('../../../schemas/consult/contract.js').WaitingView} WaitingView */
/** @typedef {import('../../../schemas/consult/contract.js').DeskSessionView} DeskSessionView */
/** @typedef {import('../../../schemas/consult/contract.js').DeskView} DeskView */
/** @typedef {import('../../../schemas/consult/contract.js').EndedView} EndedView */

/**
 * Make a list show these rows in this order; what stays keeps its element.
 * @template T
 * @param {HTMLElement} list
 * @param {readonly T[]} rows
 * @param {(row: T) => string} keyOf
 * @param {(row: T, there?: HTMLElement) => HTMLElement} draw
 */
function fill(list, rows, keyOf, draw) {
  const there = new Map([...list.children].map((child) => [child.getAttribute('data-key'), child]));
  let cursor = list.firstElementChild;
  for (const row of rows) {
    const key = keyOf(row);
    const old = there.get(key);
    there.delete(key);
    const made = draw(row, old instanceof HTMLElement ? old : undefined);
    made.dataset.key = key;
    if (made === cursor) cursor = cursor.nextElementSibling;
    else list.insertBefore(made, cursor);
  }
  for (const gone of there.values()) gone.remove();
}

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

/** Less than a minute is left to answer. @param {DeskSessionView} row */
export const isLate = ({ answerDue }) => answerDue !== null && Date.parse(answerDue) < Date.now() + 60_000;

/** @param {string} words @param {string} [kind] */
const tag = (words, kind = '') => h('span', { class: `tag ${kind}` }, words);

/** @param {{ take: (id: string, button: HTMLButtonElement) => void, open: (id: string) => void }} parts */
export function initDeskLists({ take, open }) {
  const waiting = need('[data-waiting]', HTMLElement);
  const mine = need('[data-mine]', HTMLElement);
  const colleagues = need('[data-colleagues]', HTMLElement);
  const ended = need('[data-ended]', HTMLElement);

  /** @param {string} name @param {number} count */
  function counted(name, count) {
    setText(need(`[data-${name}-count]`, HTMLElement), count ? String(count) : '');
    need(`[data-${name}-none]`, HTMLElement).hidden = count > 0;
  }

  /** @param {WaitingView} row @param {HTMLElement} [there] */
  function waitingRow(row, there) {
    const since = h('span', { class: 'since', 'data-since': row.since });
    const body = who(
      row,
      row.returned ? tag(t('desk.returned'), 'tag-back') : null,
      row.away ? tag(t('desk.visitor_away')) : null,
      since,
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

  /** @param {DeskSessionView & { unread: number, active: boolean }} row @param {HTMLElement} [there] */
  function mineRow(row, there) {
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

  /** @param {DeskView['consultants'][number]} row */
  const colleagueRow = (row) =>
    h(
      'li',
      { class: row.away ? 'colleague is-away' : 'colleague' },
      faceNode(row, 28),
      h('span', {}, row.name, row.id === me.id ? h('span', { class: 'you-tag' }, ` ${t('you.suffix')}`) : null),
      h('span', { class: 'hint' }, row.away ? t('desk.away') : t('desk.cases', { count: row.cases })),
    );

  /** @param {EndedView} row */
  const endedRow = (row) =>
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

  function sayTimes() {
    for (const element of document.querySelectorAll('[data-since]')) {
      const ms = Date.now() - Date.parse(element.getAttribute('data-since') ?? '');
      setText(element, t('desk.waited', { time: lengthText(Math.max(ms, 1000), t) }));
    }
  }
  const timer = setInterval(sayTimes, 1000);

  /** @param {string} id */
  const idOf = (id) => id;
  return {
    /** @param {readonly WaitingView[]} list */
    showWaiting(list) {
      fill(waiting, list, (row) => idOf(row.sessionId), waitingRow);
      counted('waiting', list.length);
      sayTimes();
    },
    /** @param {readonly (DeskSessionView & { unread: number, active: boolean })[]} list */
    showMine(list) {
      fill(mine, list, (row) => idOf(row.sessionId), mineRow);
      counted('mine', list.length);
    },
    /** @param {DeskView} desk @param {number} listed */
    showDesk(desk, listed) {
      fill(
        colleagues,
        desk.consultants,
        (row) => `${row.id}/${row.away}/${row.cases}`,
        (row, there) => there ?? colleagueRow(row),
      );
      const more = need('[data-waiting-more]', HTMLElement);
      more.hidden = desk.waiting <= listed;
      setText(more, t('desk.more', { count: desk.waiting - listed }));
      setText(need('[data-waiting-count]', HTMLElement), desk.waiting ? String(desk.waiting) : '');
    },
    /** @param {readonly EndedView[]} list */
    showEnded(list) {
      fill(
        ended,
        list,
        (row) => `${row.sessionId}/${row.rating?.stars ?? 0}`,
        (row, there) => there ?? endedRow(row),
      );
      counted('ended', list.length);
    },
    stop: together(
      on(waiting, 'click', ({ target }) => {
        const button = target instanceof Element ? target.closest('[data-take]') : null;
        if (button instanceof HTMLButtonElement && !button.disabled) take(button.dataset.take ?? '', button);
      }),
      on(mine, 'click', ({ target }) => {
        const button = target instanceof Element ? target.closest('[data-open]') : null;
        if (button instanceof HTMLElement) open(button.dataset.open ?? '');
      }),
      () => clearInterval(timer),
    ),
  };
}
