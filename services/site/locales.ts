/** Translations: locales/ko.json and en.json are the one source for pages, errors, socket messages and the browser. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Translate, translator as translatorOf, type Words } from '../../shared/translator.js';
import { ROOT } from './root.js';

export const LANGS = ['ko', 'en'] as const;
export type Lang = (typeof LANGS)[number];

/** Whether a value is a language of the site. */
export const isLang = (value: unknown): value is Lang => LANGS.includes(value as Lang);

interface Locale {
  words: Words;
  t: Translate;
}
const locales = new Map<Lang, Locale>();

/** A language's file, read once. */
function localeOf(lang: Lang): Locale {
  const known = locales.get(lang);
  if (known) return known;
  const words = JSON.parse(readFileSync(path.join(ROOT, 'locales', `${lang}.json`), 'utf8')) as Words;
  const locale = { words, t: translatorOf(words, lang) };
  locales.set(lang, locale);
  return locale;
}

/** The translation function of a language. It does not escape: templates and textContent do. */
export const translator = (lang: Lang): Translate => localeOf(lang).t;

/** The two word lists that visitor names are made of. */
export function nameWords(lang: Lang): { first: string[]; second: string[] } {
  return localeOf(lang).words['names'] as { first: string[]; second: string[] };
}
