/**
 * The Markdown of messages -> what they are made of: code, fenced code, bold, italic, struck text, quotes, lists, and links as
 * shared/links.js finds them. Everything else stays as it was typed, and nothing is lost. Pure: the server makes HTML of it,
 * the browser elements. markdown-it parses; the rules below keep what people type in chats from being taken for marks.
 */
import { links } from './links.js';

/** @typedef {'p' | 'pre' | 'blockquote' | 'ul' | 'ol' | 'li' | 'code' | 'strong' | 'em' | 's' | 'a'} Tag */
/**
 * `href`: of links; `number`: of an item of an ordered list; `label`: what was typed after the opening fence.
 * @typedef {{ tag: Tag, children: Node[], href?: string, number?: string, label?: string }} Part
 */
/** @typedef {string | Part} Node */
/** @typedef {import('markdown-it').StateBlock} StateBlock */
/** @typedef {import('markdown-it').Token} Token */
/**
 * The two halves of markdown-it.
 * @typedef {{ ParserBlock: new () => import('markdown-it').ParserBlock, ParserInline: new () => import('markdown-it').ParserInline }} Parser
 */

/** A text without any of these is plain; one with more of them than anybody writes stays as it was typed. */
const MARKS = /[*`~>]|^[ \t]*(?:[-+]|\d{1,3}[.)])[ \t]/gm;
const MARKS_MAX = 400;
/** Lists and quotes within each other: a text with more stays as it was typed. */
const DEPTH = { shown: 8, parsed: 16 };

const FENCE = /^`{3,}[^`]{0,40}$/;
/** Without a space it is a face: `>_<`. */
const QUOTE = /^>[ \t]+\S/;
/** Neither `2026. 11. 26.` nor a lone `-`. */
const ITEM = /^(?:[-*+]|\d{1,3}[.)])[ \t]+(?!(?:[-*+]|\d+[.)])(?:[ \t]|$))\S/;

/** What a mark may follow to open: not a letter, so that `p***rd` and `김**님` stay. */
const BEFORE_OPENING = /^$|\uFE0F|[\s\p{Ps}\p{Pi}\p{Pf}\p{So}\p{Emoji_Modifier}"'*~:,!?…·]/u;
const AFTER_OPENING = /^[^\s\p{Pe}\p{Pf}.,!?:;…]/u;
const BEFORE_CLOSING = /[^\s\p{Ps}\p{Pi}]$/u;
/** Letters of other scripts may follow: Korean particles do. */
const AFTER_CLOSING = /^(?![A-Za-z0-9])/;
/** What a mark is about: `*^^*` is a face. */
const WORDS = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

/**
 * @param {Parser} parser
 * @returns {(text: string) => Part[]} paragraphs, code, quotes and lists, in order; a text without marks is one paragraph
 */
export function markdown({ ParserBlock, ParserInline }) {
  const block = new ParserBlock();
  const inline = new ParserInline();
  restrictBlocks(block);
  inline.ruler.enableOnly(['text', 'backticks', 'strikethrough', 'emphasis']);
  inline.State = class extends inline.State {
    /** @override @param {...number | boolean} where its start; whether it may split a word, which our rules say themselves */
    scanDelims(...where) {
      return delimiters(this.src, Number(where[0]));
    }
  };
  const md = /** @type {any} any: the states ask for no more of a parser */ ({
    block,
    inline,
    options: { maxNesting: DEPTH.parsed },
  });

  return function parse(typed) {
    const text = typed.replace(/\r\n?/g, '\n');
    const { length = 0 } = text.match(MARKS) ?? [];
    if (length === 0 || length > MARKS_MAX) return [paragraph([text])];
    /** @type {Token[]} */
    const tokens = [];
    block.parse(text, md, {}, tokens);
    if (tokens.some(({ level }) => level > DEPTH.shown)) return [paragraph([text])];
    for (const token of tokens) if (token.type === 'inline') inline.parse(token.content, md, {}, token.children ?? []);
    const parts = treeOf(tokens);
    return parts.length > 0 ? parts : [paragraph([text])];
  };
}

/** @param {readonly Node[]} children @returns {Part} */
const paragraph = (children) => ({ tag: 'p', children: linked(children) });

/** @param {import('markdown-it').ParserBlock} block */
function restrictBlocks({ ruler }) {
  const names = ['fence', 'blockquote', 'list'];
  const ends = ['paragraph', 'reference', 'blockquote', 'list'];
  ruler.enableOnly([...names, 'paragraph']);
  const rules = ruler.getRules('');
  [FENCE, QUOTE, ITEM].forEach((begins, i) => {
    const rule = rules[i];
    if (!rule) throw new Error('markdown-it has no such rule');
    ruler.at(
      names[i] ?? '',
      (state, line, end, silent) =>
        begins.test(lineOf(state, line)) && (begins !== FENCE || line + 1 < end) && rule(state, line, end, silent),
      { alt: ends.slice(0, begins === ITEM ? 3 : 4) },
    );
  });
  // A line below a quote or a list that is not marked as part of it is none: the answer to what was quoted.
  ruler.before(
    'fence',
    'unmarked',
    (state, line, _end, silent) =>
      silent && (state.parentType === 'blockquote' || (state.sCount[line] ?? 0) < state.blkIndent),
    { alt: ['paragraph', 'blockquote'] },
  );
}

/** @param {StateBlock} state @param {number} line */
const lineOf = ({ src, bMarks, tShift, eMarks }, line) =>
  src.slice((bMarks[line] ?? 0) + (tShift[line] ?? 0), eMarks[line]);

/**
 * Whether a run of marks opens or closes.
 * @param {string} text
 * @param {number} start
 */
function delimiters(text, start) {
  const mark = text[start];
  let end = start;
  while (text[end] === mark) end++;
  const length = end - start;
  if (mark === '~' ? length !== 2 : mark !== '*' || length > 3) return { can_open: false, can_close: false, length };
  const last = [...text.slice(Math.max(0, start - 2), start)].at(-1) ?? '';
  const next = text.slice(end, end + 2);
  return {
    can_open: BEFORE_OPENING.test(last) && AFTER_OPENING.test(next),
    can_close: BEFORE_CLOSING.test(last) && AFTER_CLOSING.test(next),
    length,
  };
}

/**
 * @param {readonly Token[]} tokens
 * @returns {Part[]}
 */
function treeOf(tokens) {
  /** Lines of blocks. @type {WeakMap<Node & object, [number, number]>} */
  const lines = new WeakMap();
  /** @type {Part} */
  const root = { tag: 'p', children: [] };
  const open = [root];
  /** @param {...Node} nodes */
  const add = (...nodes) => open.at(-1)?.children.push(...nodes);

  /** @param {readonly Token[]} list */
  function walk(list) {
    for (const token of list) {
      const { type, content, markup, map, nesting } = token;
      if (type === 'inline') walk(token.children ?? []);
      else if (type === 'text') add(content);
      else if (type === 'code_inline') add({ tag: 'code', children: [content] });
      else if (type === 'fence') add(fenced(token));
      else if (nesting > 0) {
        const part = opened(token);
        if (map) lines.set(part, map);
        open.push(part);
      } else {
        const part = open.pop();
        if (part) add(...closed(part, markup, lines));
      }
    }
  }
  walk(tokens);
  return /** @type {Part[]} */ (joined(root.children, lines));
}

/** @param {Token} token @returns {Part} */
function opened({ tag, info, type }) {
  const part = { tag: /** @type {Tag} */ (tag), children: [] };
  return type === 'list_item_open' && info ? { ...part, number: info } : part;
}

/** @param {Token} token @returns {Part} */
function fenced({ content, info }) {
  const [label, code] = [info.trim(), content.replace(/\n$/, '')];
  return { tag: 'pre', children: code ? [code] : [], ...(label ? { label } : {}) };
}

/**
 * @param {Part} part whose children are all there
 * @param {string} markup what closed it
 * @param {WeakMap<Node & object, [number, number]>} lines
 * @returns {Node[]} what it is, or what was typed where it is no part after all
 */
function closed(part, markup, lines) {
  if (part.tag === 'p') return [Object.assign(part, paragraph(part.children))];
  const children = joined(part.children, lines);
  if (/^(?:em|strong|s)$/.test(part.tag)) {
    if (!WORDS.test(wordsOf(children))) return [markup, ...children, markup];
    part.children = linked(children);
  } else if (part.tag === 'li') {
    const [first, ...rest] = children;
    const unwrapped = typeof first === 'object' && first.tag === 'p' ? first.children : first ? [first] : [];
    part.children = [...unwrapped, ...rest];
  } else part.children = children;
  return [part];
}

/**
 * Paragraphs that follow each other as one, with the empty lines that were between them.
 * @param {readonly Node[]} nodes
 * @param {WeakMap<Node & object, [number, number]>} lines
 */
function joined(nodes, lines) {
  /** @type {Node[]} */
  const all = [];
  for (const node of nodes) {
    const before = all.at(-1);
    if (typeof before === 'object' && before.tag === 'p' && typeof node === 'object' && node.tag === 'p') {
      const [[first = 0, end = 0], [begin = 0, last = 0]] = [lines.get(before) ?? [], lines.get(node) ?? []];
      before.children = merged([...before.children, '\n'.repeat(Math.max(1, begin - end + 1)), ...node.children]);
      lines.set(before, [first, last]);
    } else all.push(node);
  }
  return all;
}

/** Neighbouring texts as one. @param {readonly Node[]} nodes */
function merged(nodes) {
  /** @type {Node[]} */
  const all = [];
  for (const node of nodes) {
    const last = all.at(-1);
    if (node === '') continue;
    if (typeof node === 'string' && typeof last === 'string') all[all.length - 1] = last + node;
    else all.push(node);
  }
  return all;
}

/** Texts with their links. @param {readonly Node[]} nodes @returns {Node[]} */
const linked = (nodes) =>
  merged(nodes).flatMap((node) => (typeof node === 'string' ? links(node).map(linkOf) : [node]));

/** @param {import('./links.js').Part} part @returns {Node} */
const linkOf = ({ text, href }) => (href ? { tag: 'a', href, children: [text] } : text);

/** @param {readonly Node[]} nodes @returns {string} */
const wordsOf = (nodes) => nodes.map((node) => (typeof node === 'string' ? node : wordsOf(node.children))).join('');

/**
 * A message as plain text: its words without marks, a line a block or item.
 * @param {readonly Node[]} nodes
 * @returns {string}
 */
export function plainText(nodes) {
  let text = '';
  for (const node of nodes) {
    const isBlock = typeof node === 'object' && /^(?:p|pre|blockquote|[uo]l|li)$/.test(node.tag);
    if (isBlock && text && !text.endsWith('\n')) text += '\n';
    if (typeof node === 'string') text += node;
    else if (node.tag === 'li') text += `${node.number ? `${node.number}.` : '•'} ${plainText(node.children)}`;
    else text += plainText(node.children);
    if (isBlock) text += '\n';
  }
  return text.replace(/\n$/, '');
}
