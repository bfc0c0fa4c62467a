/** Modules that are joined for browsers behave as apart: what they import, what they keep to themselves, what is refused. */
import assert from 'node:assert/strict';
import { joinModules } from '../../services/site/browser-modules.js';

const join = (sources: Record<string, string>) => joinModules(new Map(Object.entries(sources)));
const PAGE = 'public/js/rooms/a.page.js';
const page = (text: string, others: Record<string, string> = {}) => join({ [PAGE]: text, ...others });
const LAZY = `const part = lazy(new URL('./part.js', import.meta.url));`;

describe('joined modules', () => {
  it('are one file for all places and one a page, each module in a scope of its own', () => {
    const { files, loads } = page(
      `import { a as first, b } from '../ui/x.js';\nimport { own } from './own.js';\nconst hidden = first + b;\nown(hidden);`,
      {
        'public/js/ui/x.js': `import { c } from '../../../shared/c.js';\nconst hidden = 1;\nexport const a = c(hidden);\nexport class b {}\n`,
        'shared/c.js': 'export function c(n) {\n  return n;\n}\n',
        'public/js/rooms/own.js': 'export async function own() {}\n',
        'public/js/rooms/unused.js': 'export const unused = 1;\n',
      },
    );
    assert.deepEqual(loads.get(PAGE), ['public/js/ui/all.js', PAGE]);
    const all = files.get('public/js/ui/all.js') ?? '';
    assert.ok(all.indexOf('{ // shared/c.js') < all.indexOf('{ // public/js/ui/x.js'), 'what is imported comes first');
    assert.match(all, /\$modules\['public\/js\/ui\/x\.js'\] = \{ a, b \};/);
    assert.match(files.get(PAGE) ?? '', /const \{ a: first, b \} = \$modules\['public\/js\/ui\/x\.js'\];/);
    for (const text of files.values()) {
      assert.doesNotMatch(text, /unused/);
      assert.doesNotMatch(text, /^\s*export (?!const \$modules)/m);
    }
  });

  it('take from a package what it exports', () => {
    const { files, loads } = page(`import { io } from '../../../vendor/io.js';\nio();`);
    assert.match(files.get(PAGE) ?? '', /import \* as \$vendor0 from '..\/..\/..\/vendor\/io.js';/);
    assert.deepEqual(loads.get(PAGE), ['vendor/io.js', 'public/js/ui/all.js', PAGE]);
  });

  it('that are loaded at their first use are a file of their own, found from every joined file', () => {
    const { files, loads } = page(LAZY, {
      'public/js/rooms/part.js': `import { x } from '../ui/x.js';\nexport const open = x;`,
      'public/js/ui/x.js': 'export const x = 1;',
    });
    assert.deepEqual(loads.get(PAGE), ['public/js/ui/all.js', PAGE]);
    assert.match(files.get(PAGE) ?? '', /lazy\(new URL\('\.\.\/rooms\/part\.js', import\.meta\.url\)\)/);
    assert.match(files.get('public/js/rooms/part.js') ?? '', /export const \{ open \} = /);
  });

  const REFUSED: [string, () => unknown, RegExp][] = [
    ['a form that is not known', () => page(`import x from '../ui/x.js';`), /cannot be joined: import x/],
    ['another way to export', () => page('export default 1;'), /cannot be joined: export default/],
    ['a module that is not there', () => page(`import { a } from './b.js';`), /no module public\/js\/rooms\/b\.js/],
    [
      'a name that is not exported',
      () => page(`import { a } from './b.js';`, { 'public/js/rooms/b.js': 'export const b = 1;' }),
      /exports no a/,
    ],
    [
      'a part that is also loaded at once',
      () => page(`import { a } from './part.js';\n${LAZY}`, { 'public/js/rooms/part.js': 'export const a = 1;' }),
      /loaded at once/,
    ],
    [
      'a module of the page in a part of it, where it would be there twice',
      () =>
        page(`import { a } from './own.js';\n${LAZY}`, {
          'public/js/rooms/own.js': 'export const a = 1;',
          'public/js/rooms/part.js': `import { a } from './own.js';\nexport const b = a;`,
        }),
      /second public\/js\/rooms\/own\.js/,
    ],
  ];
  for (const [what, joining, message] of REFUSED) it(`refuse ${what}`, () => assert.throws(joining, message));
});
