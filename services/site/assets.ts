/**
 * Everything that a browser loads, under one versioned path: /assets/<hash>/… Modules import each other by relative
 * paths, so that they all stay within one version, can be cached for a year, and change together.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from './root.js';

const require = createRequire(import.meta.url);
const packageDir = (name: string) => path.dirname(require.resolve(`${name}/package.json`));

/** Served path -> file, for files from packages and from folders that are not served. */
function vendored(): Record<string, string> {
  return {
    'vendor/socket.io.js': path.join(packageDir('socket.io-client'), 'dist/socket.io.esm.min.js'),
    'vendor/modern-normalize.css': path.join(
      path.dirname(packageDir('modern-normalize')),
      'modern-normalize/modern-normalize.css',
    ),
    'locales/ko.json': path.join(ROOT, 'locales/ko.json'),
    'locales/en.json': path.join(ROOT, 'locales/en.json'),
  };
}

/** Folders whose files are served under their own path in the project. */
const SERVED_FOLDERS = ['public', 'shared'] as const;

export interface Assets {
  /** A hash of everything served: part of every path. */
  version: string;
  /** Served path -> content. */
  files: ReadonlyMap<string, Buffer>;
  /**
   * Served paths of a page's entry module and of every module it imports, the entry last: without a build step the
   * browser would discover them one level at a time.
   * @param entry e.g. `rooms/chat`, for public/js/rooms/chat.page.js.
   */
  modules: (entry: string) => string[];
}

/** Read all assets, about half a megabyte, once at start: requests are answered from memory. */
export function loadAssets(): Assets {
  const files = new Map<string, Buffer>([['icons.svg', Buffer.from(iconSprite())]]);
  for (const folder of SERVED_FOLDERS) {
    for (const entry of readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      files.set(path.relative(ROOT, file).split(path.sep).join('/'), readFileSync(file));
    }
  }
  for (const [served, file] of Object.entries(vendored())) files.set(served, readFileSync(file));
  const hash = createHash('sha256');
  for (const served of [...files.keys()].sort()) hash.update(served).update(files.get(served) ?? '');
  const known = new Map<string, string[]>();
  const modules = (entry: string): string[] => {
    const found = known.get(entry) ?? importsOf(files, `public/js/${entry}.page.js`);
    known.set(entry, found);
    return found;
  };
  return { version: hash.digest('hex').slice(0, 12), files, modules };
}

/** `import … from './x.js'`, on one line or ending on this one. */
const STATIC_IMPORT = /^(?:import|\}) (?:[^'\n]*? ?from )?'(\.[^']+)'/gm;

/** A module and all modules that it imports statically, as served paths; imports come before their importers. */
function importsOf(files: ReadonlyMap<string, Buffer>, module: string, found = new Set<string>()): string[] {
  if (SERVED_FOLDERS.some((folder) => module.startsWith(`${folder}/`))) {
    const source = files.get(module)?.toString() ?? '';
    for (const [, target = ''] of source.matchAll(STATIC_IMPORT)) {
      const imported = path.posix.join(path.posix.dirname(module), target);
      if (!found.has(imported)) importsOf(files, imported, found);
    }
  }
  found.add(module);
  return [...found];
}

/** One SVG with a symbol for each icon, from lucide (ISC licence): pages refer to icons by name. */
function iconSprite(): string {
  const names = JSON.parse(readFileSync(path.join(ROOT, 'public/icons.json'), 'utf8')) as string[];
  const folder = path.join(packageDir('lucide-static'), 'icons');
  const symbols = names.map((name) => {
    const svg = readFileSync(path.join(folder, `${path.basename(name)}.svg`), 'utf8');
    const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)?.[1]?.trim() ?? '';
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}
