/**
 * The icons of all pages, those of lucide (ISC licence) that public/icons.json names, as one SVG. The build makes it, so that a
 * site that runs needs no package of 1,700 icons; where icons.json has been changed since, it is made anew from the package.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from './root.js';

const BUILT = path.join(ROOT, 'dist/icons.svg');

const symbolOf = (name: string) => `<symbol id="${name}" `;

/** One SVG with a symbol for each icon: pages refer to icons by name. Styles say whether one is filled. */
export function iconSprite(): string {
  const names = listed();
  const built = existsSync(BUILT) ? readFileSync(BUILT, 'utf8') : '';
  return names.every((name) => built.includes(symbolOf(name))) ? built : draw(names);
}

/** Write it to where the site reads it. Part of the build. */
export function buildIcons(): void {
  // A site that starts meanwhile reads the old file or the new one.
  const written = `${BUILT}.${process.pid}`;
  writeFileSync(written, draw(listed()));
  renameSync(written, BUILT);
}

const listed = () => JSON.parse(readFileSync(path.join(ROOT, 'public/icons.json'), 'utf8')) as string[];

function draw(names: string[]): string {
  const folder = path.join(path.dirname(createRequire(import.meta.url).resolve('lucide-static/package.json')), 'icons');
  const symbols = names.map((name) => {
    const svg = readFileSync(path.join(folder, `${path.basename(name)}.svg`), 'utf8');
    const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)?.[1]?.trim() ?? '';
    return `${symbolOf(name)}viewBox="0 0 24 24" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}
