/** A command of the operator (`npm run backup` and its like) on the data of a folder, as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import path from 'node:path';
import { testEnv } from './site.js';

/** Run dist/scripts/<name>.js with the settings of a test site. @returns its exit code and what it said. */
export async function command(
  name: string,
  dir: string,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<{ code: unknown; said: string }> {
  const script = path.join(import.meta.dirname, '../../scripts', `${name}.js`);
  const child = spawn(process.execPath, [script, ...args], {
    cwd: dir,
    env: { PATH: process.env['PATH'] ?? '', ENV_FILE: devNull, ...testEnv(dir), ...env },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, said };
}
