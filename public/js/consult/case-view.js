/** What a visitor's page says of the consultation: waiting, in conversation, over. The server's word is what is drawn. */
import { queueText } from '../../../shared/consult-views.js';
import { faceNode, icon, need, setText } from '../ui/dom.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../schemas/consult/contract.js').SessionView} SessionView */

const SUBTITLES = { taken: 'consult.with_sub', waiting: 'consult.waiting_sub', ended: 'consult.ended_sub' };

/** Draws only what may have changed since the server drew the page. */
export function initCaseView() {
  const main = need('#main', HTMLElement);
  const wait = need('[data-wait]', HTMLElement);
  const live = need('[data-live]', HTMLElement);
  const over = need('[data-over]', HTMLElement);
  const end = need('[data-end]', HTMLButtonElement);

  return {
    end,
    /** @param {import('../../../schemas/consult/contract.js').QueueView | null} queue */
    showQueue(queue) {
      const words = queueText(queue, t);
      setText(need('[data-wait-title]', HTMLElement, wait), words.title);
      setText(need('[data-wait-position]', HTMLElement, wait), words.position);
      setText(need('[data-wait-estimate]', HTMLElement, wait), words.estimate);
    },
    /** @param {SessionView} now @param {boolean} isOther another state or another consultant than before */
    show({ state, consultant, endedBy }, isOther) {
      main.dataset.state = state;
      wait.hidden = state !== 'waiting';
      live.hidden = end.hidden = state === 'ended';
      over.hidden = state !== 'ended';
      setText(need('[data-end-text]', HTMLElement, end), t(state === 'waiting' ? 'consult.cancel' : 'consult.end'));
      setText(need('[data-sub]', HTMLElement), t(SUBTITLES[state]));
      setText(
        need('[data-with]', HTMLElement),
        consultant ? t('consult.with', { name: consultant.name }) : t('consult.title'),
      );
      if (isOther)
        need('[data-face]', HTMLElement).replaceChildren(consultant ? faceNode(consultant, 40) : icon('headset'));
      if (endedBy) setText(need('[data-over-by]', HTMLElement, over), t(`consult.ended_by_${endedBy}`));
    },
  };
}
