/** The Markdown of messages: what is a mark, what is none, that nothing is lost, and that no text takes long. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { messageHtml } from '../../controllers/site/message-text.js';
import { partsOf, plainOf } from '../../services/messages/markdown.js';
import { markdownModule } from '../../services/site/markdown-module.js';
import { markdown, type Node, type Parser } from '../../shared/markdown.js';
import { HOSTILE, marked, TEXTS } from '../support/markdown-texts.js';

const PACKAGE = createRequire(import.meta.url)
  .resolve('markdown-it')
  .replace('.cjs.js', '.mjs');

const written = (nodes: readonly Node[]): string =>
  nodes
    .map((node) => {
      if (typeof node === 'string') return node;
      const { tag, children, number, label } = node;
      return `<${tag}${number ? ` number=${number}` : ''}${label ? ` label=${label}` : ''}>${written(children)}</${tag}>`;
    })
    .join('');
const words = (nodes: readonly Node[]): string =>
  nodes
    .map((node) => (typeof node === 'string' ? node : `${node.number ?? ''}${node.label ?? ''}${words(node.children)}`))
    .join('');
const letters = (text: string) => [...text.matchAll(/[\p{L}\p{N}@#|&<"]/gu)].map(([each]) => each).sort();

describe('Markdown in messages', () => {
  for (const each of TEXTS) {
    const [text, expected] = typeof each === 'string' ? [each, undefined] : each;
    it(`${expected ? 'reads' : 'leaves alone'} ${JSON.stringify(text)}`, () => {
      const parts = partsOf(text);
      if (expected) return assert.equal(written(parts), expected);
      assert.equal(parts.length, 1);
      assert.equal(parts[0]?.tag, 'p');
      assert.equal(words(parts), text);
    });
  }

  it('loses no letter of any text, and lets no markup out', () => {
    fc.assert(
      fc.property(fc.oneof(marked, fc.string({ unit: 'grapheme', maxLength: 60 })), (text) => {
        assert.deepEqual(letters(words(partsOf(text))), letters(text));
        const html = messageHtml(text);
        assert.match(html, /^(?:<p class="bubble">.*<\/p>|<div class="bubble blocks">.*<\/div>)$/s);
        const tags = html.match(/<[^>]*>/g) ?? [];
        for (const tag of tags) {
          assert.match(tag, /^<\/?(?:p|div|pre|code|blockquote|[uo]l|li|strong|em|s|a|span)(?: [a-z]+="[^"<>]*")*>$/);
        }
        assert.equal(html.replace(/<[^>]*>/g, '').search(/[<>"']/), -1);
      }),
      { numRuns: 500, seed: 12 },
    );
  });

  it('keeps a text with too many marks, or nested too deep, as it was typed', () => {
    for (const text of ['*a* '.repeat(500), '> '.repeat(9) + 'deep', HOSTILE[0] ?? '']) {
      assert.equal(words(partsOf(text)), text);
      assert.equal(partsOf(text).length, 1);
    }
  });

  it('takes for 4,000 hostile characters no longer than a few times what as many plain ones take', () => {
    // Work, not time: every text comes to an end at once, also where this machine is busy with others.
    const before = process.cpuUsage();
    for (const text of HOSTILE) assert.ok(words(partsOf(text)).length > 0);
    const { user } = process.cpuUsage(before);
    assert.ok(user / HOSTILE.length < 100_000, `${Math.round(user / HOSTILE.length)} microseconds a text`);
  });

  it('reads as plain text in excerpts', () => {
    assert.equal(plainOf('**a** `b`\n> c\n\n- d\n- e\n1. f\n```js\ng\n```'), 'a b\nc\n• d\n• e\n1. f\ng');
    assert.equal(plainOf('no *^^* marks'), 'no *^^* marks');
  });

  it('is the same with the part of the package that browsers load', async () => {
    const source = markdownModule(readFileSync(PACKAGE, 'utf8'));
    const part = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as Parser;
    const read = markdown(part);
    for (const text of [...TEXTS.map((each) => (typeof each === 'string' ? each : each[0])), ...HOSTILE]) {
      assert.deepEqual(read(text), partsOf(text));
    }
    fc.assert(
      fc.property(marked, (text) => assert.deepEqual(read(text), partsOf(text))),
      { numRuns: 300, seed: 7 },
    );
    assert.throws(() => markdownModule('//#region a\n//#endregion\n'), /markdown-it has no rolldown\/runtime/);
  });
});
