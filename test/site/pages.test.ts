/// <reference lib="dom" />
/** What the strict CSP and the lack of a build step ask of views/ and public/, held by reading them. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';
import { closeContexts, newGuest, sharedBrowser } from '../support/browser.js';
import { startSite } from '../support/site.js';

const JS = path.join(ROOT, 'public/js');
const text = (...parts: string[]) => readFileSync(path.join(...parts), 'utf8');
const names = (folder: string, ending: string) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(ending));

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
      if (file !== path.join('ui', 'dom.js')) assert.doesNotMatch(source, /innerHTML/, file);
    }
  });

  it('tell the browser at once of every module that they load', async () => {
    const site = await startSite();
    const browser = await sharedBrowser();
    try {
      const { page } = await newGuest(browser);
      const loaded: string[] = [];
      page.on('response', (response) => {
        const { pathname } = new URL(response.url());
        if (pathname.endsWith('.js') && !pathname.endsWith('/early.js')) loaded.push(pathname);
      });
      for (const address of ['/', '/room', '/lobby', '/messages', '/chat/consult']) {
        loaded.length = 0;
        await page.goto(site.url + address);
        const announced = await page
          .locator('link[rel=modulepreload]')
          .evaluateAll((links) => links.map((link) => new URL((link as HTMLLinkElement).href).pathname));
        assert.ok(announced.length > 2, address);
        assert.deepEqual([...new Set(loaded)].sort(), [...new Set(announced)].sort(), address);
      }
    } finally {
      await closeContexts(browser);
      await site.close();
    }
  });

  it('load ahead every stylesheet that a part of a conversation brings', () => {
    const ahead = /SHEETS = \[([^\]]+)\]/.exec(text(JS, 'ui/ahead.js'))?.[1] ?? '';
    const sources = names('public/js', '.js').map((file) => text(JS, file));
    const brought = sources.flatMap((source) => [...source.matchAll(/loadSheet\('(\w+)'\)/g)].map(([, name]) => name));
    assert.deepEqual(
      [...ahead.matchAll(/'(\w+)'/g)].map(([, name]) => name),
      [...new Set(brought)].sort(),
    );
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
