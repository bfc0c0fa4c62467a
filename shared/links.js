/**
 * Text -> what is plain and what is a link. Pure and shared by templates and browser. Only http and https addresses, those
 * that begin with `www.`, and e-mail addresses become links; everything else stays the text that it is.
 */

/** @typedef {{ text: string, href?: string }} Part */

const LINK =
  /\b(?:https?:\/\/|www\.(?=[^\s.]+\.\p{L}))[^\s/<>"'`{}|\\^\u3000][^\s<>"'`{}|\\^\u3000]*|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/giu;
/** What ends a sentence rather than an address. */
const TAIL = /[.,!?;:…·'"’”)\]。、！？]+$/u;

/**
 * @param {string} text
 * @returns {Part[]}
 */
export function links(text) {
  /** @type {Part[]} */
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const found = trim(match[0]);
    const href = address(found);
    if (!href) continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: found, href });
    from = match.index + found.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** A closing bracket belongs to the address only if the address opened one. @param {string} found */
function trim(found) {
  const cut = found.replace(TAIL, '');
  const rest = found.slice(cut.length);
  const opens = (cut.match(/\(/g) ?? []).length > (cut.match(/\)/g) ?? []).length;
  return opens && rest.startsWith(')') ? `${cut})` : cut;
}

/** @param {string} text */
function address(text) {
  try {
    if (/^[\w.+-]+@/.test(text)) return `mailto:${text}`;
    const url = new URL(/^www\./i.test(text) ? `https://${text}` : text);
    return (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname ? url.href : undefined;
  } catch {
    return undefined;
  }
}
