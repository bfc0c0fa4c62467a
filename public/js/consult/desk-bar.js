/** The open case, over its conversation: whose it is, how it stands, and how long its visitor may wait for an answer. */
import { lengthText } from '../../../shared/consult-views.js';
import { faceNode, need, setText } from '../ui/dom.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../schemas/consult/contract.js').DeskSessionView} DeskSessionView */

/** From so many milliseconds before an answer is due it is said. */
const SOON_MS = 120_000;

export function initDeskBar() {
  const page = need('#main', HTMLElement);
  const bar = need('[data-bar]', HTMLElement);
  const live = need('[data-live]', HTMLElement);
  const due = need('[data-due]', HTMLElement);
  /** What was read aloud last: each case is told once when it is getting late, and once when it is late. */
  let said = '';
  /** @type {string | null} */
  let answerDue = null;

  /** @param {DeskSessionView} session */
  function showCase({ visitor, topic, state, away }) {
    setText(need('[data-name]', HTMLElement, bar), visitor.name);
    const sub = state === 'ended' ? t('desk.ended_case') : away ? t('desk.visitor_left') : topic || t('desk.no_topic');
    setText(need('[data-sub]', HTMLElement, bar), sub);
    need('[data-face]', HTMLElement, bar).replaceChildren(faceNode(visitor, 40));
    need('[data-transfer]', HTMLButtonElement, bar).hidden = state !== 'taken';
    setText(need('[data-end] span', HTMLElement, bar), t(state === 'ended' ? 'desk.close_case' : 'consult.end_yes'));
  }

  function sayDue() {
    const left = answerDue ? Date.parse(answerDue) - Date.now() : Infinity;
    const words = left > 0 ? t('desk.answer_due', { time: lengthText(left, t) }) : t('desk.answer_late');
    due.hidden = left > SOON_MS;
    if (!due.hidden) setText(due, words);
    const saying = due.hidden ? '' : `${answerDue} ${left > 0}`;
    if (saying !== said) setText(need('[data-due-said]', HTMLElement), due.hidden ? '' : words);
    said = saying;
  }
  setInterval(sayDue, 1000);

  return {
    /** @param {DeskSessionView | undefined} session */
    show(session) {
      page.classList.toggle('has-case', Boolean(session));
      need('[data-empty]', HTMLElement).hidden = Boolean(session);
      bar.hidden = !session;
      live.hidden = session?.state !== 'taken';
      if (session) showCase(session);
      answerDue = session?.answerDue ?? null;
      sayDue();
    },
    /** What to do when no case is open: choose one, or rest. @param {boolean} isBusy there is one to choose */
    showEmpty(isBusy) {
      const kind = isBusy ? 'empty' : 'calm';
      setText(need('[data-empty-title]', HTMLElement), t(`desk.${kind}_title`));
      setText(need('[data-empty-text]', HTMLElement), t(`desk.${kind}_text`));
    },
  };
}
