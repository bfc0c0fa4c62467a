/** The commands in README.md and docs/: each box says how it is tested, and names only what is there. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';
import { boxesOf, DOCUMENTS, MARKS } from '../support/documented-commands.js';
import { start } from '../support/small-project.js';

const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

describe('the commands of the documents', () => {
  const boxes = DOCUMENTS.flatMap(boxesOf);

  it('say in a comment how they are tested: what of them is run, test/chaos/commands.chaos.ts runs word for word', () => {
    assert.ok(boxes.length > 12);
    for (const { at, mark } of boxes)
      assert.ok(mark, `${at}: put <!-- commands: … --> before it, one of ${MARKS.join(' · ')}`);
    assert.ok(boxes.filter(({ mark }) => mark?.startsWith('run')).length > 8);
  });

  it('are what a shell reads', async () => {
    const script = boxes
      .flatMap(({ commands }) => commands)
      .join('\n')
      .replaceAll(/<[^<>\n]+>/g, 'word');
    assert.deepEqual(await start(ROOT, 'bash', ['-n', '-c', script]).ended, { code: 0, said: '' });
  });

  it('name scripts of package.json, and files that are there', () => {
    for (const document of DOCUMENTS) {
      const text = readFileSync(path.join(ROOT, document), 'utf8');
      for (const [, name = ''] of text.matchAll(/npm run ([\w:]+)/g)) assert.ok(scripts[name], `${document}: ${name}`);
      for (const [, file = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))
        assert.ok(existsSync(path.join(ROOT, path.dirname(document), file)), `${document}: ${file}`);
    }
  });

  it('lead to headings that are there', () => {
    for (const document of DOCUMENTS) {
      const text = readFileSync(path.join(ROOT, document), 'utf8');
      const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      for (const [, anchor = ''] of text.matchAll(/\]\(#([^)]+)\)/g))
        assert.ok(anchors.includes(anchor), `${document}: #${anchor}`);
    }
  });
});
