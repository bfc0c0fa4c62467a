/** Both languages say everything: the same keys, every error, every key that a page or a module asks for. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import i18next from 'i18next';
import { translator, type Words } from '../../shared/translator.js';
import { ERROR_STATUS } from '../../services/site/errors.js';
import { ROOT } from '../../services/site/root.js';

const read = (lang: string) => JSON.parse(readFileSync(path.join(ROOT, `locales/${lang}.json`), 'utf8')) as Words;
const words = { ko: read('ko'), en: read('en') };

/** `a.b` -> text, lists left out. */
function flat(node: Words, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'string') found.set(prefix + key, value);
    else if (!Array.isArray(value)) for (const [inner, text] of flat(value, `${prefix}${key}.`)) found.set(inner, text);
  }
  return found;
}

const singular = (key: string) => key.replace(/_(one|other)$/, '');
const keys = { ko: flat(words.ko), en: flat(words.en) };
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

/** Every file under a folder. */
const files = (folder: string, ending: string) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && path.extname(file) !== '')
    .map((file) => [file, readFileSync(path.join(ROOT, folder, file), 'utf8')] as const);

describe('locales', () => {
  it('have the same keys', () => {
    const [ko, en] = [keys.ko, keys.en].map((map) => [...new Set([...map.keys()].map(singular))].sort());
    assert.deepEqual(ko, en);
  });

  it('ask for the same values in both languages', () => {
    for (const [key, text] of keys.ko) {
      assert.deepEqual(holes(text), holes(keys.en.get(key) ?? ''), key);
    }
  });

  it('have words for every error code, that say what to do', () => {
    for (const code of [...Object.keys(ERROR_STATUS), 'offline', 'timeout']) {
      for (const lang of ['ko', 'en'] as const) {
        const text = keys[lang].get(`errors.${code}`) ?? '';
        assert.ok(text.length > 10 && /[.!?]$/.test(text), `${lang} errors.${code}: "${text}"`);
        assert.doesNotMatch(text, /error occurred|오류가 발생/i);
      }
    }
    for (const status of new Set(Object.values(ERROR_STATUS))) {
      assert.ok(keys.ko.has(`error.title_${status}`) && keys.en.has(`error.title_${status}`), `title of ${status}`);
    }
  });

  it('have every key that templates and modules name', () => {
    const known = new Set([...keys.ko.keys()].map(singular));
    for (const [file, text] of [...files('views', '.html'), ...files('public/js', '.js')]) {
      for (const [, key] of text.matchAll(/\bt\(\s*'([\w.]+)'\s*[,)]/g))
        assert.ok(known.has(key ?? ''), `${file}: ${key}`);
      for (const [, key] of text.matchAll(/data-(?:ago|countdown-key)="([\w.]+)"/g))
        assert.ok(known.has(key ?? ''), `${file}: ${key}`);
    }
  });

  it('have no key that nobody names', () => {
    /** Keys of which the code makes the last part: a new one that it makes otherwise belongs here. */
    const MADE = [
      /^errors\./,
      /^error\.title_/,
      /^nav\./,
      /^closed\.(?:why_)?(?:owner|empty|admin)$/,
      /^admin\.(?:deed|ban_minutes)\./,
      /^notices\./,
      /^lobby\.(?:joined|left|renamed)$/,
      /^(?:consult|desk)\.step_/,
      /^consult\.(?:ended_by_|.*_(?:title|text|sub)$)/,
      /^desk\.(?:gone_|.*_(?:title|text)$)/,
      /^room_new\.strength_/,
      /^settings\.(?:closedDoor|approval|listed|hostsOnly|picturesPaused)(?:_hint)?$/,
    ];
    const code = ['controllers', 'routes', 'services', 'shared', 'public/js'];
    const sources = [
      ...files('views', '.html'),
      ...code.flatMap((folder) => [...files(folder, '.ts'), ...files(folder, '.js')]),
    ];
    const named = new Set(
      sources.flatMap(([, text]) => [...text.matchAll(/['"`]([\w.]+)['"`]/g)].map(([, key]) => key)),
    );
    const unused = [...keys.en.keys()]
      .map(singular)
      .filter((key) => !named.has(key) && !MADE.some((made) => made.test(key)));
    assert.deepEqual(unused, []);
  });

  it('give 64 by 64 names in both languages, each word once', () => {
    for (const lang of ['ko', 'en'] as const) {
      const { first, second } = words[lang]['names'] as Record<string, string[]>;
      for (const list of [first, second]) {
        assert.equal(list?.length, 64);
        assert.equal(new Set(list).size, 64);
      }
    }
  });

  it('read as i18next reads them', async () => {
    const model = i18next.createInstance();
    await model.init({
      resources: { ko: { translation: words.ko }, en: { translation: words.en } },
      interpolation: { escapeValue: false },
    });
    for (const lang of ['ko', 'en'] as const) {
      const [there, here] = [model.getFixedT(lang), translator(words[lang], lang)];
      for (const key of [...new Set([...keys[lang].keys()].map(singular))]) {
        for (const count of [0, 1, 2, 5]) {
          const asked = holes(
            [...keys[lang]].flatMap(([name, text]) => (singular(name) === key ? text : [])).join(' '),
          );
          const vars = { ...Object.fromEntries(asked.map((name) => [name ?? '', 'A <b> {{q}}'])), count };
          assert.equal(here(key, vars), there(key, vars), `${lang} ${key} ${count}`);
        }
      }
    }
  });
});
