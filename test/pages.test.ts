/** What the strict CSP and the lack of a build step ask of views/ and public/, held by reading them. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../services/root.js';

const JS = path.join(ROOT, 'public/js');
const text = (...parts: string[]) => readFileSync(path.join(...parts), 'utf8');
const names = (folder: string, ending: string) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(ending));

/** Everything a module imports, as paths under public/js without the ending. */
function imports(file: string, found = new Set<string>()): Set<string> {
  for (const [, target] of text(JS, `${file}.js`).matchAll(/^(?:import|\}) (?:[^'\n]*? ?from )?'(\.[^']+)\.js'/gm)) {
    const name = path.posix.join(path.posix.dirname(file), target ?? '');
    if (name.startsWith('..') || found.has(name)) continue;
    found.add(name);
    imports(name, found);
  }
  return found;
}

describe('pages', () => {
  it('carry no inline script, no style attribute, no handler, and trust no text', () => {
    for (const file of names('views', '.html')) {
      const html = text(ROOT, 'views', file);
      assert.doesNotMatch(html, /\sstyle=|\son\w+=|javascript:|\|\s*safe\b/i, file);
      for (const [tag] of html.matchAll(/<script[^>]*>/g)) {
        assert.match(tag, /\ssrc="|type="application\/json"/, `${file}: ${tag}`);
      }
    }
  });

  it('set markup from nothing but their own drawings', () => {
    for (const file of names('public/js', '.js')) {
      const source = text(JS, file);
      assert.doesNotMatch(source, /insertAdjacentHTML|outerHTML|document\.write|\beval\(|setAttribute\('style'/, file);
      if (file !== path.join('lib', 'dom.js')) assert.doesNotMatch(source, /innerHTML/, file);
    }
  });

  it('tell the browser of every module that they import, and of no other', () => {
    const macro = text(ROOT, 'views/macros/modules.html');
    const listOf = (source: string) => [...source.matchAll(/'([\w/-]+)'/g)].map((match) => match[1] ?? '');
    const everywhere = listOf(/everywhere = \[([^\]]+)\]/.exec(macro)?.[1] ?? '');
    const pages = names('public/js/pages', '.js').map((file) => file.replace(/\.js$/, ''));
    assert.ok(pages.length >= 6);
    for (const page of pages) {
      const also = listOf(new RegExp(`'${page}': \\[([^\\]]*)\\]`).exec(macro)?.[1] ?? '');
      assert.deepEqual([...everywhere, ...also].sort(), [...imports(`pages/${page}`)].sort(), page);
    }
  });

  it('name only icons that the package has, and list every icon they name', () => {
    const listed = JSON.parse(text(ROOT, 'public/icons.json')) as string[];
    const sources = [
      ...names('views', '.html').map((file) => text(ROOT, 'views', file)),
      ...names('public/js', '.js').map((file) => text(JS, file)),
    ].join('\n');
    const quoted = (call: string) => [...call.matchAll(/'([a-z][a-z0-9-]*)'/g)].map((match) => match[1] ?? '');
    const asked = [...sources.matchAll(/\bicon\(([^)]*)\)/g)].flatMap((match) => quoted(match[1] ?? ''));
    asked.push(...[...sources.matchAll(/\bicon: '([a-z0-9-]+)'/g)].map((match) => match[1] ?? ''));
    for (const name of asked) assert.ok(listed.includes(name), `icons.json does not list ${name}`);
    for (const name of listed) {
      assert.ok(sources.includes(`'${name}'`), `nobody asks for ${name}`);
      assert.ok(existsSync(path.join(ROOT, `node_modules/lucide-static/icons/${name}.svg`)), `lucide has no ${name}`);
    }
  });
});
