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
    'vendor/i18next.js': path.join(packageDir('i18next'), 'dist/esm/i18next.js'),
    'vendor/modern-normalize.css': path.join(
      path.dirname(packageDir('modern-normalize')),
      'modern-normalize/modern-normalize.css',
    ),
    'locales/ko.json': path.join(ROOT, 'locales/ko.json'),
    'locales/en.json': path.join(ROOT, 'locales/en.json'),
  };
}

export interface Assets {
  version: string;
  /** Served path -> file outside public/. */
  files: Record<string, string>;
  /** The icon sprite, made of the icons that public/icons.json names. */
  sprite: string;
}

/** Read once at start: a few dozen small files. */
export function loadAssets(): Assets {
  const files = vendored();
  const sprite = iconSprite();
  const hash = createHash('sha256').update(sprite);
  const own = readdirSync(path.join(ROOT, 'public'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  for (const file of [...own, ...Object.values(files)]) hash.update(readFileSync(file));
  return { version: hash.digest('hex').slice(0, 12), files, sprite };
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
