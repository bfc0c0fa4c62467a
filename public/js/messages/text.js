/** The text of a message as elements, as controllers/site/message-text.ts writes them. Words go in as text. */
import { ParserBlock, ParserInline } from '../../../vendor/markdown-it.js';
import { markdown, plainText } from '../../../shared/markdown.js';
import { copyText } from '../ui/copy.js';
import { h, icon } from '../ui/dom.js';
import { t } from '../ui/words.js';

/** @typedef {import('../../../shared/markdown.js').Node} TextNode */

const partsOf = markdown({ ParserBlock, ParserInline });

/** A text without its marks. @param {string} text */
export const plainOf = (text) => plainText(partsOf(text));

/** What bubbles were drawn from. @type {WeakMap<Element, string>} */
const texts = new WeakMap();

/** The text of a bubble, if it was drawn here. @param {Element | null | undefined} bubble */
export const textOf = (bubble) => bubble && texts.get(bubble);

/** @param {string} text */
export function bubble(text) {
  const parts = partsOf(text);
  const [first] = parts;
  const drawn =
    parts.length === 1 && first?.tag === 'p'
      ? h('p', { class: 'bubble' }, ...first.children.map(element))
      : h('div', { class: 'bubble blocks' }, ...parts.map(element));
  texts.set(drawn, text);
  return drawn;
}

/** @param {TextNode} node @returns {Node | string} */
function element(node) {
  if (typeof node === 'string') return node;
  const { tag, children, href, number, label } = node;
  const inner = children.map(element);
  if (tag === 'a') return h('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, ...inner);
  if (tag === 'pre') {
    const name = label ? h('span', { class: 'code-label' }, label) : null;
    return h('div', { class: 'code' }, name, h('pre', { tabindex: '0' }, h('code', {}, ...inner)));
  }
  return h(tag, tag === 'li' ? { value: number } : {}, ...inner);
}

/** Give fenced code its copy button. @param {HTMLElement} row of a message */
export function offerCopies(row) {
  for (const code of row.getElementsByClassName('code')) {
    if (code.lastElementChild instanceof HTMLButtonElement) continue;
    const words = t('message.copy_code');
    const button = h('button', { class: 'code-copy', type: 'button', 'aria-label': words, title: words }, icon('copy'));
    button.addEventListener('click', async () => {
      if (!(await copyText(code.querySelector('pre')?.textContent ?? ''))) return;
      button.replaceChildren(icon('check'));
      setTimeout(() => button.replaceChildren(icon('copy')), 2_000);
    });
    code.append(button);
  }
}
