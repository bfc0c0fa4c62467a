/** Translations: locales/ko.json and en.json are the one source for pages, errors, socket messages and the browser. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInstance, type i18n, type TFunction } from 'i18next';
import { ROOT } from './root.js';

export const LANGS = ['ko', 'en'] as const;
export type Lang = (typeof LANGS)[number];

/** Whether a value is a language of the site. */
export const isLang = (value: unknown): value is Lang => LANGS.includes(value as Lang);

let loaded: i18n | undefined;

/** Both files, read once. */
function translations(): i18n {
  if (loaded) return loaded;
  const read = (lang: Lang): unknown => JSON.parse(readFileSync(path.join(ROOT, 'locales', `${lang}.json`), 'utf8'));
  const instance = createInstance();
  void instance.init({
    resources: Object.fromEntries(LANGS.map((lang) => [lang, { translation: read(lang) as Record<string, string> }])),
    fallbackLng: 'en',
    initAsync: false,
    interpolation: { escapeValue: false },
    showSupportNotice: false,
  } as Parameters<i18n['init']>[0]);
  loaded = instance;
  return instance;
}

/** The translation function of a language. It does not escape: templates and textContent do. */
export function translator(lang: Lang): TFunction {
  return translations().getFixedT(lang);
}

/** The two word lists that visitor names are made of. */
export function nameWords(lang: Lang): { first: string[]; second: string[] } {
  const t = translator(lang);
  return {
    first: t('names.first', { returnObjects: true }) as string[],
    second: t('names.second', { returnObjects: true }) as string[],
  };
}
