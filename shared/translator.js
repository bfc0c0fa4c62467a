/**
 * The words of locales/*.json, on the server and in the browser: i18next's JSON v4 (`_one`/`_other`, `{{name}}`), without its
 * 90 kB and its 20 microseconds a word. test/site/locales.test.ts holds it to i18next, key by key. Pure.
 */

/** @typedef {{ [key: string]: string | string[] | Words }} Words */
/**
 * The text of a key, with `vars` in its places; `vars.count` chooses between `_one` and `_other`. An unknown key is its own
 * text. Nothing is escaped: templates and textContent do.
 * @typedef {(key: string, vars?: Readonly<Record<string, unknown>>) => string} Translate
 */

/**
 * @param {Words} words
 * @param {string} lang
 * @returns {Translate}
 */
export function translator(words, lang) {
  const plural = new Intl.PluralRules(lang);
  /** @type {Map<string, string>} */
  const texts = new Map();

  /** @param {Words} part @param {string} prefix */
  function add(part, prefix) {
    for (const [key, value] of Object.entries(part)) {
      if (typeof value === 'string') texts.set(prefix + key, value);
      else if (!Array.isArray(value)) add(value, `${prefix}${key}.`);
    }
  }
  add(words, '');

  return function t(key, vars = {}) {
    const { count } = vars;
    const counted = typeof count === 'number' ? texts.get(`${key}_${plural.select(count)}`) : undefined;
    const text = counted ?? texts.get(key) ?? (typeof count === 'number' ? texts.get(`${key}_other`) : undefined);
    if (text === undefined) return key;
    return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => String(vars[name] ?? ''));
  };
}
