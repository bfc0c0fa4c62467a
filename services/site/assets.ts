/**
 * Everything that a browser loads, under one versioned path: /assets/<hash>/… Scripts (joined in browser-modules.ts) import
 * each other by relative paths, so that they all stay within one version, can be cached for a year, and change together.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { joinModules } from './browser-modules.js';
import { withoutComments } from './comments.js';
import { iconSprite } from './icons.js';
import { markdownModule } from './markdown-module.js';
import { ROOT } from './root.js';

const require = createRequire(import.meta.url);
const packageDir = (name: string) => path.dirname(require.resolve(`${name}/package.json`));

const MARKDOWN_IT = path.join(packageDir('markdown-it'), 'dist/markdown-it.mjs');

/** Served path -> file, for files from packages and from folders that are not served. */
function vendored(): Record<string, string> {
  return {
    'vendor/socket.io.js': path.join(packageDir('socket.io-client'), 'dist/socket.io.esm.min.js'),
    'locales/ko.json': path.join(ROOT, 'locales/ko.json'),
    'locales/en.json': path.join(ROOT, 'locales/en.json'),
    'public/emoji/ko.json': path.join(ROOT, 'public/emoji/ko.json'),
    'public/emoji/en.json': path.join(ROOT, 'public/emoji/en.json'),
  };
}

/** Stylesheets of public/css/ that pages load together, joined; the others are served as they are. */
const SHEETS: Readonly<Record<string, readonly string[]>> = {
  site: ['base', 'parts', 'menus', 'empty', 'forms', 'layout'],
  conversation: [
    ...['dialogs', 'switches', 'log', 'text', 'gif', 'composer', 'room-bar', 'people', 'share', 'chat'],
    ...['room-notes', 'polls', 'reports', 'settings', 'menu-dialog', 'actions', 'print'],
  ],
};

/** Icons of the installed site and of home screens. */
const ICONS = ['icon-192', 'icon-512', 'maskable-512', 'touch-180'].map((name) => `public/icons/${name}.png`);

export interface Assets {
  /** A hash of everything served: part of every path. */
  version: string;
  /** Served path -> content. */
  files: ReadonlyMap<string, Buffer>;
  /**
   * Served paths of the scripts that a page loads at once, the page's own last: without them the browser would discover
   * them one level at a time.
   * @param entry e.g. `rooms/chat`, for public/js/rooms/chat.page.js.
   */
  modules: (entry: string) => readonly string[];
}

let loaded: Assets | undefined;

/**
 * All assets, about half a megabyte, read at the first call of a process: requests are answered from memory, and files do not
 * change under a running site.
 */
export function loadAssets(): Assets {
  return (loaded ??= readAssets());
}

function readAssets(): Assets {
  const sources = new Map([...filesIn('public/js'), ...filesIn('shared')].filter(([file]) => file.endsWith('.js')));
  const { files: scripts, loads } = joinModules(sources);
  const texts = new Map([
    ['icons.svg', iconSprite()],
    ['public/favicon.svg', readFileSync(path.join(ROOT, 'public/favicon.svg'), 'utf8')],
    ...stylesheets(),
    ...scripts,
    ['vendor/markdown-it.js', markdownModule(readFileSync(MARKDOWN_IT, 'utf8'))],
    // Runs before the first paint, so it is no module.
    ['public/js/ui/early.js', withoutComments(sources.get('public/js/ui/early.js') ?? '')],
  ]);
  const files = new Map([...texts].map(([served, text]) => [served, Buffer.from(text)]));
  for (const file of ICONS) files.set(file, readFileSync(path.join(ROOT, file)));
  for (const [served, file] of Object.entries(vendored())) files.set(served, readFileSync(file));
  const hash = createHash('sha256');
  for (const served of [...files.keys()].sort()) hash.update(served).update(files.get(served) ?? '');
  return {
    version: hash.digest('hex').slice(0, 12),
    files,
    modules: (entry) => loads.get(`public/js/${entry}.page.js`) ?? [],
  };
}

/** Every file below a folder, as its path in the project and its text. */
function filesIn(folder: string): [string, string][] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .map((file) => [path.relative(ROOT, file).split(path.sep).join('/'), readFileSync(file, 'utf8')]);
}

/** `@import url('…') layer(name);` of a package's stylesheet. */
const PACKAGE_SHEET = /^@import url\('([\w-]+)'\) layer\((\w+)\);$/gm;

/** Served path -> text of every stylesheet, with what it imports from packages in it. */
function stylesheets(): Map<string, string> {
  const sheets = new Map(
    filesIn('public/css').map(([file, text]) => [
      file,
      withoutComments(text).replace(
        PACKAGE_SHEET,
        (_, name: string, layer: string) => `@layer ${layer} {\n${packageSheet(name)}}`,
      ),
    ]),
  );
  for (const [joined, names] of Object.entries(SHEETS)) {
    const parts = names.map((name) => `public/css/${name}.css`);
    const text = parts.map((part) => sheets.get(part) ?? '').join('\n');
    for (const part of parts) sheets.delete(part);
    sheets.set(`public/css/${joined}.css`, text);
  }
  return sheets;
}

const packageSheet = (name: string) =>
  readFileSync(path.join(path.dirname(packageDir(name)), name, `${name}.css`), 'utf8');
