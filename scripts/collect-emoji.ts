/**
 * Makes public/emoji/<language>.json, the emoji that pages offer, from `emoji-picker-element-data` (Apache-2.0, made of
 * emojibase and CLDR). The package has 31 MB and is needed for this alone:
 * `npm install --no-save emoji-picker-element-data@1.8.0 && node dist/scripts/collect-emoji.js`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../services/site/root.js';

interface Entry {
  emoji: string;
  group: number;
  annotation: string;
  shortcodes: string[];
  tags?: string[];
  version: number;
}

/** Skin tones and hair are no emoji of their own. */
const COMPONENTS = 2;
/** Later emoji are unknown to many devices. */
const VERSION_MAX = 15;
/** Where the words of a language come from. */
const SOURCES = { en: 'en/emojibase', ko: 'ko/cldr-native' } as const;

const require = createRequire(import.meta.url);
const ONE = new RegExp('^\\p{RGI_Emoji}$', 'v');

const read = (source: string) =>
  JSON.parse(readFileSync(require.resolve(`emoji-picker-element-data/${source}/data.json`), 'utf8')) as Entry[];

/** As Unicode recommends it for interchange, which is what a reaction is checked for. */
function recommended(emoji: string): string | undefined {
  return [emoji, emoji.replace(/\uFE0F$/u, '')].find((form) => ONE.test(form));
}

const english = read(SOURCES.en);
const github = new Map(read('en/github').map((entry) => [entry.emoji, entry]));

for (const [lang, source] of Object.entries(SOURCES)) {
  const own = new Map(read(source).map((entry) => [entry.emoji, entry]));
  const rows = english.flatMap((entry) => {
    const emoji = recommended(entry.emoji);
    if (emoji === undefined || entry.version > VERSION_MAX || entry.group === COMPONENTS) return [];
    const { annotation, tags = [] } = own.get(entry.emoji) ?? entry;
    // English short names are what people know from elsewhere.
    const codes = new Set([...(github.get(entry.emoji)?.shortcodes ?? []), ...entry.shortcodes]);
    return [JSON.stringify([emoji, entry.group, annotation, [...codes].join(' '), tags.join(' ')])];
  });
  writeFileSync(path.join(ROOT, `public/emoji/${lang}.json`), `[\n${rows.join(',\n')}\n]\n`);
}
