/**
 * This page's `t`, `time` and `errorText`: the locale file is fetched once (the page preloads it) before anything that
 * imports this module runs.
 */
import { translator } from '../../../shared/translator.js';
import { when } from '../../../shared/when.js';

export const lang = document.documentElement.lang === 'en' ? 'en' : 'ko';

/** @returns {Promise<import('../../../shared/translator.js').Words>} */
async function load() {
  try {
    const answer = await fetch(new URL(`../../../locales/${lang}.json`, import.meta.url));
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}

export const t = translator(await load(), lang);

/**
 * @param {string} iso
 * @param {import('../../../shared/when.js').Style} [style]
 */
export const time = (iso, style) => when(iso, style, { lang, justNow: t('time.just_now') });

/** @param {string} code */
export function errorText(code) {
  const text = t(`errors.${code}`);
  return text === `errors.${code}` ? t('errors.internal') : text;
}

/** What a failed request or question is told as: its code's words. @param {unknown} error */
export const failureText = (error) => errorText(error instanceof Error ? error.message : 'internal');
