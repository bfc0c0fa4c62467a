/**
 * The modules of public/js/ and shared/, joined into few files, so that a page does not ask for each of its sixty. What
 * all places share is two files, a page is one with the modules of its place, and what a page loads at its first use
 * (`lazy(new URL('./share.js', import.meta.url))`, public/js/ui/lazy.js) is one of its own. Every module keeps its own scope,
 * a block; what it exports is found by its path in one table, so that each exists once however it is reached.
 *
 * No parser stands behind this: it knows the forms that our modules are written in (`import { a, b as c } from './x.js';`, `export` before
 * a function, class or const, `lazy`), and refuses all others at start. What it reads in every module of ours is compared with
 * what TypeScript's parser reads, by test/site/browser-modules.test.ts; why there is none here: docs/decisions/.
 */
import path from 'node:path';
import { withoutComments } from './comments.js';

/** Folder or file -> the joined file that serves all places. Imports between the two run from messages/ to ui/ (lint says so too). */
const COMMON: Readonly<Record<string, string>> = {
  shared: 'public/js/ui/all.js',
  'shared/links.js': 'public/js/messages/all.js',
  'shared/markdown.js': 'public/js/messages/all.js',
  'public/js/ui': 'public/js/ui/all.js',
  'public/js/net': 'public/js/ui/all.js',
  'public/js/pictures': 'public/js/messages/all.js',
  'public/js/messages': 'public/js/messages/all.js',
};
const FIRST = 'public/js/ui/all.js';

/** Every joined file lies in a folder of this one, so that addresses relative to `import.meta.url` hold in each. */
const SCRIPTS = 'public/js/';

const IMPORT = /^import \{([^}]*)\} from '(\.[^']+)';$/gm;
const EXPORT = /^export ((?:async )?function|const|class) (\w+)/gm;
/** An import that is begun at run time: its path would be looked for beside the joined file. */
const AT_RUN_TIME = /\bimport\(\s*['"`].*/;
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const LAZY = /\blazy\(new URL\('(\.[^']+)', import\.meta\.url\)\)/g;

interface Module {
  file: string;
  /** What it imports: `a, b as c`, and from which file. */
  imports: { names: string; from: string }[];
  exports: string[];
  /** Files that it loads at their first use. */
  lazy: string[];
  /** Its text without `import`, `export` and comments. */
  body: string;
}

export interface BrowserModules {
  /** Served path -> text of each joined file. */
  files: Map<string, string>;
  /** Page module -> all files that it loads at once, itself last. */
  loads: Map<string, string[]>;
}

/**
 * @param sources path in the project -> text, of everything that may be imported
 * @throws Error for a module in a form that is not known here, or that imports what is not there
 */
export function joinModules(sources: ReadonlyMap<string, string>): BrowserModules {
  const parsed = new Map<string, Module>();
  const read = (file: string): Module => {
    const found = parsed.get(file) ?? parse(file, sources.get(file));
    parsed.set(file, found);
    return found;
  };
  const pages = [...sources.keys()].filter((file) => file.endsWith('.page.js'));
  const ofPages = new Set(pages.flatMap((page) => closure(page, read)));
  const lazy = lazyModules(ofPages, read);
  const common = commonModules(ofPages, lazy, read);
  const files = new Map<string, string>();
  const loads = new Map<string, string[]>();
  for (const joined of new Set(Object.values(COMMON))) {
    const modules = [...common].filter((file) => joined === joinedFile(file));
    files.set(joined, join(modules.map(read), joined === FIRST ? [] : [FIRST]));
  }
  for (const root of [...pages, ...lazy]) {
    const all = closure(root, read);
    const own = all.filter((file) => !common.has(file) && !isVendor(file));
    const needs = new Set([FIRST, ...all.filter((file) => common.has(file)).map(joinedFile)]);
    if (lazy.has(root)) {
      const twice = own.find((file) => ofPages.has(file));
      if (twice) throw new Error(`${root} would be loaded with a second ${twice}`);
    }
    files.set(root, join(own.map(read), [...needs], lazy.has(root) ? read(root) : undefined));
    loads.set(root, [...all.filter(isVendor), ...needs, root]);
  }
  for (const module of parsed.values()) checkNames(module, read);
  return { files, loads };
}

const isVendor = (file: string) => file.startsWith('vendor/');
const joinedFile = (file: string) => COMMON[file] ?? COMMON[path.posix.dirname(file)] ?? '';

/** A module and all that it imports, each after what it imports itself. */
function closure(root: string, read: (file: string) => Module): string[] {
  const found = new Set<string>();
  const visit = (file: string, by: readonly string[]): void => {
    if (by.includes(file)) throw new Error(`modules import each other in a circle: ${[...by, file].join(' -> ')}`);
    if (!isVendor(file)) for (const { from } of read(file).imports) if (!found.has(from)) visit(from, [...by, file]);
    found.add(file);
  };
  visit(root, []);
  return [...found];
}

/** Everything that is loaded at its first use, also by what was loaded so. */
function lazyModules(ofPages: ReadonlySet<string>, read: (file: string) => Module): Set<string> {
  const lazy = new Set<string>();
  const look = (files: Iterable<string>): void => {
    for (const target of [...files].filter((file) => !isVendor(file)).flatMap((file) => read(file).lazy)) {
      if (ofPages.has(target)) throw new Error(`${target} is loaded at once by another import`);
      if (lazy.has(target)) continue;
      lazy.add(target);
      look(closure(target, read));
    }
  };
  look(ofPages);
  return lazy;
}

/** What lies in a folder for all places and is needed by a page at once, or by two lazy modules. */
function commonModules(ofPages: ReadonlySet<string>, lazy: ReadonlySet<string>, read: (file: string) => Module) {
  const users = new Map<string, number>();
  for (const file of [...lazy].flatMap((root) => closure(root, read))) users.set(file, (users.get(file) ?? 0) + 1);
  const shared = [...users].flatMap(([file, count]) => (count > 1 && !lazy.has(file) ? closure(file, read) : []));
  return new Set([...ofPages, ...shared].filter((file) => joinedFile(file) !== '' && !file.endsWith('.page.js')));
}

function parse(file: string, source: string | undefined): Module {
  if (source === undefined) throw new Error(`no module ${file}`);
  const module: Module = { file, imports: [], exports: [], lazy: [], body: '' };
  const target = (relative: string) => path.posix.join(path.posix.dirname(file), relative);
  module.body = source
    .replace(IMPORT, (_, names: string, from: string) => {
      module.imports.push({ names, from: target(from) });
      return '';
    })
    .replace(EXPORT, (_, kind: string, name: string) => {
      module.exports.push(name);
      return `${kind} ${name}`;
    })
    .replace(LAZY, (_, relative: string) => {
      module.lazy.push(target(relative));
      return `lazy(new URL('../${target(relative).slice(SCRIPTS.length)}', import.meta.url))`;
    })
    .trim();
  const strange = /^(?:import|export)\b.*/m.exec(module.body) ?? AT_RUN_TIME.exec(module.body.replace(COMMENT, ''));
  if (strange) throw new Error(`${file}: a form that cannot be joined: ${strange[0]}`);
  module.body = withoutComments(module.body);
  return module;
}

/** A name that nobody exports would be `undefined` in the joined file, where a browser's own import would fail. */
function checkNames({ file, imports }: Module, read: (file: string) => Module): void {
  for (const { names, from } of imports.filter(({ from }) => !isVendor(from))) {
    for (const name of names.split(',').map((each) => each.trim().split(' as ')[0] ?? '')) {
      if (name && !read(from).exports.includes(name)) throw new Error(`${file}: ${from} exports no ${name}`);
    }
  }
}

/**
 * One text of many modules.
 * @param others joined files that come first
 * @param entry the module whose exports are the file's own
 */
function join(modules: Module[], others: string[], entry?: Module): string {
  const vendors = [...new Set(modules.flatMap(({ imports }) => imports.map(({ from }) => from).filter(isVendor)))];
  const relative = (file: string) => (isVendor(file) ? `../../../${file}` : `../${file.slice(SCRIPTS.length)}`);
  const head = [
    ...(others.length > 0 ? others : [null]).map((other) =>
      other === null
        ? 'export const $modules = {};'
        : `import ${other === FIRST ? '{ $modules } from ' : ''}'${relative(other)}';`,
    ),
    ...vendors.map((vendor, i) => `import * as $vendor${i} from '${relative(vendor)}';`),
  ];
  const blocks = modules.map(({ file, imports, exports, body }) =>
    [
      `{ // ${file}`,
      ...imports.map(({ names, from }) => {
        const source = isVendor(from) ? `$vendor${vendors.indexOf(from)}` : `$modules['${from}']`;
        return `const {${names.replaceAll(' as ', ': ')}} = ${source};`;
      }),
      body,
      `$modules['${file}'] = { ${exports.join(', ')} };`,
      '}',
    ].join('\n'),
  );
  const tail = entry ? [`export const { ${entry.exports.join(', ')} } = $modules['${entry.file}'];`] : [];
  return [...head, ...blocks, ...tail, ''].join('\n');
}
