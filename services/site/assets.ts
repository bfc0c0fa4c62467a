/**
 * Everything a browser loads, under one versioned address: /assets/<hash>/… Modules import each other by relative paths,
 * so they all stay inside the version, may be cached for a year, and change together.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from './root.js';

const require = createRequire(import.meta.url);
const packageDir = (name: string) => path.dirname(require.resolve(`${name}/package.json`));

/** Served path -> file, for what comes from packages and other folders. */
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
export const SERVED_FOLDERS = ['public', 'shared'] as const;

export interface Assets {
  version: string;
  /** Served path -> file, for what is outside {@link SERVED_FOLDERS}. */
  files: Record<string, string>;
  /**
   * Served paths of a page's entry module and of every module it imports, the entry last: without a build step the
   * browser would discover them one level at a time.
   * @param entry e.g. `rooms/chat`, for public/js/rooms/chat.page.js.
   */
  modules: (entry: string) => string[];
  /** The icon sprite, made of the icons that public/icons.json names. */
  sprite: string;
}

/** Read once at start: a few dozen small files. */
export function loadAssets(): Assets {
  const files = vendored();
  const sprite = iconSprite();
  const hash = createHash('sha256').update(sprite);
  const own = SERVED_FOLDERS.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true }),
  )
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  for (const file of [...own, ...Object.values(files)]) hash.update(readFileSync(file));
  const known = new Map<string, string[]>();
  const modules = (entry: string): string[] => {
    const found = known.get(entry) ?? importsOf(`public/js/${entry}.page.js`);
    known.set(entry, found);
    return found;
  };
  return { version: hash.digest('hex').slice(0, 12), files, sprite, modules };
}

/** `import … from './x.js'`, on one line or ending on this one. */
const STATIC_IMPORT = /^(?:import|\}) (?:[^'\n]*? ?from )?'(\.[^']+)'/gm;

/** A module and all that it imports statically, as served paths, what is imported first. */
function importsOf(module: string, found = new Set<string>()): string[] {
  const file = path.join(ROOT, module);
  if (SERVED_FOLDERS.some((folder) => module.startsWith(`${folder}/`))) {
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(STATIC_IMPORT)) {
      const imported = path.posix.join(path.posix.dirname(module), target);
      if (!found.has(imported)) importsOf(imported, found);
    }
  }
  found.add(module);
  return [...found];
}

/** One SVG of symbols from lucide (ISC licence), so that a page names an icon instead of repeating it. */
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
