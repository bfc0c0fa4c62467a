/** The text of a message as HTML, element for element as public/js/messages/text.js draws it. */
import { partsOf } from '../../services/messages/markdown.js';
import { escapeHtml } from '../../services/site/html.js';
import type { Node, Part } from '../../shared/markdown.js';

/** @returns markup in which every word of the text is escaped. */
export function messageHtml(text: string): string {
  const parts = partsOf(text);
  const [first] = parts;
  return parts.length === 1 && first?.tag === 'p'
    ? `<p class="bubble">${all(first.children)}</p>`
    : `<div class="bubble blocks">${all(parts)}</div>`;
}

const all = (nodes: readonly Node[]): string => nodes.map(html).join('');

function html(node: Node): string {
  return typeof node === 'string' ? escapeHtml(node) : element(node);
}

function element({ tag, children, href, number, label }: Part): string {
  const inner = all(children);
  if (tag === 'a') {
    return `<a href="${escapeHtml(href ?? '')}" target="_blank" rel="noopener noreferrer nofollow">${inner}</a>`;
  }
  if (tag === 'pre') {
    const name = label ? `<span class="code-label">${escapeHtml(label)}</span>` : '';
    return `<div class="code">${name}<pre tabindex="0"><code>${inner}</code></pre></div>`;
  }
  return tag === 'li' && number ? `<li value="${number}">${inner}</li>` : `<${tag}>${inner}</${tag}>`;
}
