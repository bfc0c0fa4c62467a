/** One row as a process of its own: with a fault planted, or on another database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';

const MOCHA = path.join(ROOT, 'node_modules/mocha/bin/mocha.js');

export interface Row {
  /** test/chaos/<file>.chaos.ts */
  file: string;
  /** A pattern that fits the titles of its tests. */
  name: string;
}

/** Run the tests of a row. @returns the exit code, 0 if all passed, and everything that was said. */
export async function runRow(
  { file, name }: Row,
  env: Record<string, string>,
  nodeOptions: string[] = [],
): Promise<{ code: number | null; said: string }> {
  const spec = path.join(ROOT, `dist/test/chaos/${file}.chaos.js`);
  const child = spawn(process.execPath, [...nodeOptions, MOCHA, '--timeout', '400000', '-g', name, spec], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}
