/**
 * The message that the next one will answer: a bar above the composer with a way to take it back. It is kept with the draft
 * of its conversation.
 */
import { h, icon, on } from '../ui/dom.js';
import { keep, recall } from '../ui/store.js';
import { t } from '../ui/words.js';
import { replyKey } from './keys.js';
import { quoteOf, quoteParts } from './message-quote.js';

/** @typedef {import('./message-quote.js').Quote} Quote */

/** @param {{ before: HTMLElement, focus: () => void }} parts `before`: what the bar stands above; `focus`: the composer */
export function initReply({ before, focus }) {
  /** Key of the conversation that is written to. */
  let conversation = '';
  /** @type {Quote | null} */
  let quote = null;
  const words = t('message.reply_cancel');
  const cancel = h(
    'button',
    { class: 'button quiet icon-only', type: 'button', 'aria-label': words, title: words, 'data-reply-drop': true },
    icon('x'),
  );
  const line = h('p', { class: 'reply-line' });
  const bar = h('div', { class: 'reply-bar', role: 'group', 'data-reply': true, hidden: true }, line, cancel);
  before.before(bar);

  /** @param {Quote | null} next */
  function set(next) {
    quote = next;
    keep('session', replyKey(conversation), next ?? undefined);
    draw();
  }
  function draw() {
    bar.hidden = !quote;
    if (!quote) return;
    const title = t('message.reply_to', { name: quote.name });
    bar.setAttribute('aria-label', title);
    const [sign, , text] = quoteParts(quote);
    line.replaceChildren(...[sign, h('b', {}, title), text].filter((each) => each !== undefined));
  }
  function end() {
    set(null);
    focus();
  }

  on(cancel, 'click', end);
  on(before, 'keydown', (event) => {
    if (event.key !== 'Escape' || !quote || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    end();
  });
  return {
    /** Write to this conversation from now on. @param {string} key */
    open(key) {
      conversation = key;
      quote = recall('session', replyKey(key), null);
      draw();
    },
    /** Answer this message next. @param {import('../../../shared/timeline.js').Message} message */
    start(message) {
      set(quoteOf(message));
      focus();
    },
    /** Answer what a message that came back was to answer. @param {Quote | undefined} again */
    restore: (again) => set(again ?? null),
    /** What is answered, by the message that is sent now. @returns {Quote | undefined} */
    take() {
      const taken = quote ?? undefined;
      if (taken) set(null);
      return taken;
    },
  };
}
