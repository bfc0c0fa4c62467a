/**
 * The few DOM helpers every component uses. Text goes in as text; only our own drawings go in as markup.
 */
import { faceSvg } from '../../../shared/face.js';

/** @typedef {import('../../../shared/face.js').Face} Face */

const root = document.documentElement;
/** '' or '/sub': what every address of ours begins with. */
export const base = root.dataset.base ?? '';
/** Where there is a mouse, the keyboard is real: a field may be given the focus without a keyboard coming up. */
export const hasMouse = () => matchMedia('(hover: hover)').matches;
/** Whether names lead to direct messages: an operator may have left these out. */
export const direct = !('noDirect' in root.dataset);
/** The address of a picture as an image's src: in messages that came with the page it is without the sub-path. @param {string} url */
export const pictureUrl = (url) => (url.startsWith(`${base}/gif/`) ? url : base + url);
/** The visitor of this page. */
export const me = { id: root.dataset.me ?? '', color: root.dataset.color ?? '', name: root.dataset.name ?? '' };

/** The page's modules run: early.js submits what was submitted before. Every page's module ends with this. */
export function ready() {
  root.dataset.ready = '';
  document.dispatchEvent(new Event('ready'));
}

/**
 * The element of one data-attribute or selector, of the kind that the caller needs.
 * @template {HTMLElement} T
 * @param {string} selector
 * @param {new () => T} kind
 * @param {ParentNode} [within]
 * @returns {T | null}
 */
export function find(selector, kind, within = document) {
  const found = within.querySelector(selector);
  return found instanceof kind ? found : null;
}

/**
 * As `find`, for what a page cannot do without.
 * @template {HTMLElement} T
 * @param {string} selector
 * @param {new () => T} kind
 * @param {ParentNode} [within]
 * @returns {T}
 */
export function need(selector, kind, within = document) {
  const found = find(selector, kind, within);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | boolean | undefined>} [attributes]
 * @param {...(Node | string | null | undefined)} children strings become text
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string') element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/**
 * @param {Element} element
 * @param {string} words set only when they differ, so that a live region does not repeat itself
 */
export function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * Make a list show these rows in this order. What stays keeps its element and is not moved without need: an element that
 * is moved or replaced between press and release loses the click, and the focus.
 * @template T
 * @param {HTMLElement} list
 * @param {readonly T[]} rows
 * @param {(row: T) => string} keyOf
 * @param {(row: T, there?: HTMLElement) => HTMLElement} draw the row's element: `there`, brought up to date, or a new one,
 *   which replaces `there` if they differ
 */
export function fillList(list, rows, keyOf, draw) {
  const keys = new Set(rows.map(keyOf));
  for (const child of [...list.children]) if (!keys.has(child.getAttribute('data-id') ?? '')) child.remove();
  const elements = new Map([...list.children].map((child) => [child.getAttribute('data-id'), child]));
  let cursor = list.firstElementChild;
  for (const row of rows) {
    const key = keyOf(row);
    const old = elements.get(key);
    const there = old instanceof HTMLElement ? old : undefined;
    const drawn = draw(row, there);
    drawn.dataset.id = key;
    const element = there?.isEqualNode(drawn) ? there : drawn;
    if (element === cursor) cursor = cursor.nextElementSibling;
    else {
      list.insertBefore(element, cursor);
      if (there !== element) {
        if (there && there === cursor) cursor = there.nextElementSibling;
        there?.remove();
      }
    }
  }
}

/** @param {string} markup of our own making: faceSvg() or icon() */
function drawing(markup) {
  const holder = document.createElement('template');
  holder.innerHTML = markup;
  return /** @type {SVGElement} */ (holder.content.firstElementChild);
}

/**
 * @param {Face} person
 * @param {number} size
 */
export function faceNode(person, size) {
  return drawing(faceSvg(person, size));
}

const sprite = new URL('../../../icons.svg', import.meta.url).href;
/** @param {string} name one of public/icons.json */
export function icon(name) {
  return drawing(`<svg class="icon" aria-hidden="true" focusable="false"><use href="${sprite}#${name}"></use></svg>`);
}

/**
 * Listen until told to stop.
 * @param {EventTarget | null | undefined} target
 * @param {string} types separated by spaces
 * @param {(event: any) => void} handle any: one helper for every kind of event, narrowed by the caller
 * @param {AddEventListenerOptions} [options]
 * @returns {() => void}
 */
export function on(target, types, handle, options) {
  const names = types.split(' ');
  for (const name of names) target?.addEventListener(name, handle, options);
  return () => {
    for (const name of names) target?.removeEventListener(name, handle, options);
  };
}

/**
 * Many stop functions as one, called in reverse order.
 * @param {...(() => void)} stops
 */
export function together(...stops) {
  return () => {
    for (const stop of stops.reverse()) stop();
  };
}

/**
 * The JSON that the server left in the page.
 * @template T
 * @returns {T}
 */
export function pageData() {
  return JSON.parse(document.getElementById('page-data')?.textContent ?? 'null');
}
