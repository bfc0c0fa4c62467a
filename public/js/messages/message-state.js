/** What became of an own message: on its way, or not taken. What arrived needs no words. */
import { find, h, icon, on } from '../ui/dom.js';
import { errorText, t } from '../ui/words.js';

/**
 * On its way: a small clock where the time will be, so that nothing moves when it arrives. Failed: why, and what to do.
 * @param {HTMLElement} element
 * @param {import('./outbox.js').Item} item
 */
export function setState(element, item) {
  const look = `${item.state}${item.code ?? ''}`;
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
  find('.msg-state', HTMLElement, element)?.remove();
  if (!failed) return;
  const state = h('p', { class: 'msg-state' }, h('span', {}, `${word}. ${item.code ? errorText(item.code) : ''}`));
  state.append(h('button', { class: 'button', type: 'button', 'data-retry': item.clientId }, t('chat.retry')));
  state.append(
    h('button', { class: 'button quiet', type: 'button', 'data-discard': item.clientId }, t('chat.discard')),
  );
  find('.msg-main', HTMLElement, element)?.append(state);
}

/**
 * What the buttons of a text that failed ask for.
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
