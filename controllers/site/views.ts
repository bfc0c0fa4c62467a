/**
 * The templates of views/. The build compiles them into dist/views.cjs, so that no page waits for it; views that have been
 * changed since are compiled when they are first asked for.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import nunjucks from 'nunjucks';
import { ROOT } from '../../services/site/root.js';

const VIEWS = path.join(ROOT, 'views');
const COMPILED = path.join(ROOT, 'dist/views.cjs');

interface Compiled {
  /** Hash of the views that it was made of. */
  of: string;
  views: Record<string, object>;
}

/** A loader of all templates of a folder, compiled if `file` was made of them as they are. */
export function viewLoader(folder = VIEWS, file = COMPILED): nunjucks.ILoader {
  if (existsSync(file)) {
    const compiled = createRequire(import.meta.url)(file) as Compiled;
    if (compiled.of === hashOf(sources(folder))) return new nunjucks.PrecompiledLoader(compiled.views as never);
  }
  return new nunjucks.FileSystemLoader(folder, { watch: false, noCache: false });
}

/** Compile all templates of a folder into a file. Part of the build. */
export function compileViews(folder = VIEWS, file = COMPILED): void {
  const found = sources(folder);
  // A list of one, whatever its type says.
  const wrapper = (list: unknown) =>
    (list as { name: string; template: string }[])
      .map(({ name, template }) => `${JSON.stringify(name)}: (() => {\n${template}\n})(),\n`)
      .join('');
  const views = found.map(([name, text]) => nunjucks.precompileString(text, { name, wrapper }));
  // A site that starts meanwhile reads the old file or the new one.
  const written = `${file}.${process.pid}`;
  writeFileSync(written, inAscii(`exports.of = '${hashOf(found)}';\nexports.views = {\n${views.join('')}};\n`));
  renameSync(written, file);
}

/** Every template as its name and text. */
function sources(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html'))
    .sort()
    .map((name) => [name.split(path.sep).join('/'), readFileSync(path.join(folder, name), 'utf8')]);
}

/** Letters beyond ASCII, which stand in literals only, as escapes: one of them would double what the text takes in memory. */
const inAscii = (source: string): string =>
  source.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const hashOf = (views: [string, string][]) => createHash('sha256').update(JSON.stringify(views)).digest('hex');
