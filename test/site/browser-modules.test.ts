/** Modules that are joined for browsers behave as apart: what they import, what they keep to themselves, what is refused. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { joinModules } from '../../services/site/browser-modules.js';
import { withoutComments } from '../../services/site/comments.js';
import { ROOT } from '../../services/site/root.js';

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
    ['an export under another name', () => page('const a = 1;\nexport { a as b };'), /cannot be joined: export \{/],
    ['exports of another module', () => page(`export * from './b.js';`), /cannot be joined: export \*/],
    ['exports that are taken apart', () => page('export const { a } = {};'), /cannot be joined: export const \{/],
    ['exports that change', () => page('export let a = 1;'), /cannot be joined: export let/],
    ['a generator', () => page('export function* a() {}'), /cannot be joined: export function\*/],
    ['an import for its effects', () => page(`import '../ui/x.js';`), /cannot be joined: import '/],
    ['a whole module', () => page(`import * as x from '../ui/x.js';`), /cannot be joined: import \*/],
    ['a path of a package', () => page(`import { x } from 'x';`), /cannot be joined: import \{ x \}/],
    [
      'an import at run time',
      () => page(`const x = await import('./x.js');`),
      /cannot be joined: import\('\.\/x\.js'\)/,
    ],
    [
      'a circle',
      () =>
        page(`import { a } from './b.js';`, {
          'public/js/rooms/b.js': `import { c } from './c.js';\nexport const a = c;`,
          'public/js/rooms/c.js': `import { a } from './b.js';\nexport const c = a;`,
        }),
      /circle: .*b\.js -> .*c\.js -> .*b\.js/,
    ],
    [
      'one of two names that are exported together',
      () => page(`import { b } from './b.js';`, { 'public/js/rooms/b.js': 'export const a = 1, b = 2;' }),
      /exports no b/,
    ],
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
  it('lose their comments and nothing else', () => {
    const printer = ts.createPrinter({ removeComments: true });
    const codeOf = (text: string) => printer.printFile(ts.createSourceFile('module.js', text, ts.ScriptTarget.Latest));
    for (const folder of ['public/js', 'shared']) {
      const files = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' });
      for (const file of files.filter((name) => name.endsWith('.js'))) {
        const source = readFileSync(path.join(ROOT, folder, file), 'utf8');
        const served = withoutComments(source);
        assert.equal(codeOf(served), codeOf(source), file);
        assert.doesNotMatch(served, /^\s*(?:\/\/|\/\*)|\/\*\*/m, file);
      }
    }
  });

  for (const [what, joining, message] of REFUSED) it(`refuse ${what}`, () => assert.throws(joining, message));
});

/** What a parser sees of a module or a joined block. */
function formsOf(text: string) {
  const imports: string[] = [];
  const exports: string[] = [];
  let others = 0;
  for (const statement of ts.createSourceFile('module.js', text, ts.ScriptTarget.Latest).statements) {
    if (ts.isImportDeclaration(statement)) {
      const names = statement.importClause?.namedBindings;
      assert.ok(
        names && ts.isNamedImports(names) && !statement.importClause.name,
        `a form that is not known in ${text}`,
      );
      for (const { name, propertyName } of names.elements) imports.push((propertyName ?? name).text + ' ' + name.text);
      continue;
    }
    others++;
    const isExport = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(isExportWord);
    if (!isExport) continue;
    if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations)
        exports.push(ts.isIdentifier(name) ? name.text : '?');
    else exports.push(((statement as ts.FunctionDeclaration).name ?? { text: '?' }).text);
  }
  return { imports: imports.sort(), exports: exports.sort(), others };
}

const isExportWord = ({ kind }: ts.Node): boolean => kind === ts.SyntaxKind.ExportKeyword;

/** The modules in a joined file, as the text of each block. */
function blocksOf(text: string): [file: string, block: string][] {
  return ts
    .createSourceFile('joined.js', text, ts.ScriptTarget.Latest)
    .statements.filter(ts.isBlock)
    .map((block) => {
      const inside = text.slice(block.pos, block.end);
      return [/^\s*\{ \/\/ (\S+)$/m.exec(inside)?.[1] ?? '', inside];
    });
}

/** What the joined block of a module takes, gives and keeps, in the same terms. */
function formsOfBlock(block: string) {
  const inner = block.slice(block.indexOf('{') + 1, block.lastIndexOf('}'));
  const { statements } = ts.createSourceFile('block.js', inner, ts.ScriptTarget.Latest);
  const taken = [...inner.matchAll(/^const \{([^}]*)\} = \$(?:modules|vendor)/gm)];
  const names = taken.flatMap(([, list = '']) =>
    list
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean),
  );
  const given = /^\$modules\['[^']+'\] = \{ (.*) \};$/m.exec(inner)?.[1] ?? '';
  return {
    imports: names
      .map((each) => each.split(': '))
      .map(([own = '', as = own]) => `${own} ${as}`)
      .sort(),
    exports: given.split(', ').filter(Boolean).sort(),
    others: statements.length - taken.length - 1,
  };
}

describe('the modules of the site', () => {
  it('are joined as a parser reads them', () => {
    const sources = new Map<string, string>();
    for (const folder of ['public/js', 'shared'])
      for (const name of readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }))
        if (name.endsWith('.js')) {
          const file = path.posix.join(folder, name.split(path.sep).join('/'));
          sources.set(file, readFileSync(path.join(ROOT, file), 'utf8'));
        }
    const { files } = joinModules(sources);
    const seen = new Set<string>();
    for (const [joined, text] of files) {
      const { diagnostics = [] } = ts.transpileModule(text, {
        fileName: 'a.js',
        reportDiagnostics: true,
        compilerOptions: { allowJs: true, target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
      });
      assert.deepEqual(
        diagnostics.map(({ messageText }) => messageText),
        [],
        joined,
      );
      for (const [file, block] of blocksOf(text)) {
        seen.add(file);
        assert.deepEqual(formsOfBlock(block), formsOf(sources.get(file) ?? ''), `${file} in ${joined}`);
      }
    }
    const left = [...sources.keys()].filter((file) => !seen.has(file) && !file.endsWith('/early.js'));
    assert.deepEqual(left, [], 'every module is in a joined file');
  });
});
