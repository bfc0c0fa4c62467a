/** No import runs in a circle: which way imports run otherwise, lint says (eslint.config.js). */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';

const FOLDERS = ['controllers', 'routes', 'schemas', 'services', 'shared', 'public/js'];
const FILES = ['app.ts', 'socket.ts'];

/** `from './x.js'`, also of types, and `import './x.js'`. */
const IMPORT = /^(?:import|export|\}).*?'(\.[^']+)'/gm;

/** Every source file -> the source files that it imports, as paths in the project. */
function imports(): Map<string, string[]> {
  const found = FOLDERS.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      path.posix.join(folder, file),
    ),
  );
  const sources = new Set([...FILES, ...found.filter((file) => /\.(ts|js)$/.test(file))]);
  return new Map(
    [...sources].map((file) => {
      const targets = [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(IMPORT)]
        .map(([, target = '']) => path.posix.join(path.posix.dirname(file), target))
        .flatMap((target) => [target, target.replace(/\.js$/, '.ts')].find((name) => sources.has(name)) ?? []);
      return [file, targets];
    }),
  );
}

/** The first way from a file back to itself, or null. */
function circle(graph: Map<string, string[]>): string[] | null {
  const done = new Set<string>();
  const walk = (file: string, way: string[]): string[] | null => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const target of graph.get(file) ?? []) {
      const found = walk(target, [...way, file]);
      if (found) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const found = walk(file, []);
    if (found) return found;
  }
  return null;
}

describe('imports', () => {
  it('of the site run in no circle', () => {
    const graph = imports();
    assert.ok((graph.get('app.ts') ?? []).includes('socket.ts'), 'imports are found');
    assert.ok((graph.get('socket.ts') ?? []).length > 10);
    assert.equal(circle(graph)?.join(' -> ') ?? 'none', 'none');
  });

  it('in a circle are found', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', []],
      ['d', ['b']],
    ]);
    assert.deepEqual(circle(graph), ['b', 'd', 'b']);
  });
});
