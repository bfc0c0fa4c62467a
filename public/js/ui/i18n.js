/**
 * The words of locales/*.json in the browser: i18next's JSON v4 (`_one`/`_other`, `{{name}}`), without its 90 kB.
 * test/site/locales.test.ts holds it to i18next, key by key.
 */

/** @typedef {{ [key: string]: string | string[] | Words }} Words */

/**
 * @param {Words} words
 * @param {string} lang
 */
export function translator(words, lang) {
  const plural = new Intl.PluralRules(lang);

  /** @param {string} key */
  function look(key) {
    /** @type {string | string[] | Words | undefined} */
    let at = words;
    for (const part of key.split('.')) {
      at = typeof at === 'object' && !Array.isArray(at) && Object.hasOwn(at, part) ? at[part] : undefined;
    }
    return typeof at === 'string' ? at : undefined;
  }

  /**
   * @param {string} key
   * @param {Record<string, string | number>} [vars]
   */
  return function t(key, vars = {}) {
    const counted = typeof vars.count === 'number' ? look(`${key}_${plural.select(vars.count)}`) : undefined;
    const text = counted ?? look(key) ?? (typeof vars.count === 'number' ? look(`${key}_other`) : undefined);
    if (text === undefined) return key;
    return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => String(vars[name] ?? ''));
  };
}
