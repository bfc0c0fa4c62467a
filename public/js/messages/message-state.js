/** What became of an own message: on its way, or not taken. What arrived needs no words. */
import { find, h, icon, on } from '../ui/dom.js';
import { errorText, t } from '../ui/words.js';
import { showUpload } from '../pictures/upload-state.js';
import { whyWaiting } from './waiting-words.js';

/**
 * On its way: a small clock where the time will be, so that nothing moves when it arrives, and, where the server does not
 * take it for now, why. Failed: why, and what to do.
 * @param {HTMLElement} element
 * @param {import('./outbox.js').Item} item
 */
export function setState(element, item) {
  const look = `${item.state} ${item.code ?? ''} ${item.isLoose ?? ''}`;
  if (element.dataset.state === look) return;
  element.dataset.state = look;
  const failed = item.state === 'failed';
  const word = t(failed ? 'chat.failed' : item.state === 'sending' ? 'chat.sending' : 'chat.waiting');
  const sign = h(
    'span',
    { class: 'msg-time', title: word },
    icon(failed ? 'circle-alert' : 'clock'),
    h('span', { class: 'visually-hidden' }, word),
  );
  find('.msg-time', HTMLElement, element)?.replaceWith(sign);
  if (item.picture) showUpload(element, item);
  const why = failed ? `${word}. ${item.code ? errorText(item.code) : ''}` : whyWaiting(item);
  if (why) explain(element, item, why);
  else find('.msg-state', HTMLElement, element)?.remove();
}

/** @param {HTMLElement} element @param {import('./outbox.js').Item} item @param {string} why */
function explain(element, { clientId, state }, why) {
  const look = `${state === 'failed'}${why}`;
  const there = find('.msg-state', HTMLElement, element);
  // The same words stay, and so does the focus on their buttons.
  if (there?.dataset.look === look) return;
  there?.remove();
  const line = h('p', { class: 'msg-state', 'data-look': look }, h('span', {}, why));
  if (state === 'failed')
    line.append(h('button', { class: 'button', type: 'button', 'data-retry': clientId }, t('chat.retry')));
  line.append(h('button', { class: 'button quiet', type: 'button', 'data-discard': clientId }, t('chat.discard')));
  find('.msg-main', HTMLElement, element)?.append(line);
}

/**
 * What the buttons of a post that failed, or waits, ask for.
 * @param {HTMLElement} log
 * @param {() => import('./conversation.js').Conversation | null} shown
 * @param {() => void} done
 */
export function onFailed(log, shown, done) {
  return on(log, 'click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-retry], [data-discard]') : null;
    if (!(button instanceof HTMLElement)) return;
    const { retry, discard } = button.dataset;
    if (retry) shown()?.retry(retry);
    if (discard) shown()?.discard(discard);
    done();
  });
}
