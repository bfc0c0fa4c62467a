/** The Dockerfile, read, and its steps done by hand in folders where no Docker is. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../services/site/root.js';

const run = promisify(execFile);

export interface Step {
  /** FROM, COPY, RUN … */
  name: string;
  /** Options such as `--from=build`, and the rest of the line. */
  options: Record<string, string>;
  rest: string;
}

/** The steps of each stage, its FROM first. */
export function stages(): Step[][] {
  const text = readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ');
  const found: Step[][] = [];
  for (const line of text.split('\n').filter((line) => line.trim() !== '')) {
    const [, name = '', given = '', rest = ''] = /^([A-Z]+)((?:\s+--\S+)*)\s+(.*)$/.exec(line) ?? [];
    if (name === '') throw new Error(`not understood: ${line}`);
    const options = Object.fromEntries(given.match(/[^\s-][^\s=]*=\S+/g)?.map((option) => option.split('=')) ?? []);
    if (name === 'FROM') found.push([]);
    found.at(-1)?.push({ name, options: options as Record<string, string>, rest });
  }
  return found;
}

/** A form such as `["node", "app.js"]`: run without a shell, so that signals arrive. */
export const execForm = (rest: string): string[] => JSON.parse(rest) as string[];

/** The paths that a build is given: what git has, without what .dockerignore names. */
async function context(): Promise<string[]> {
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    maxBuffer: 1e8,
  });
  const ignored = readFileSync(path.join(ROOT, '.dockerignore'), 'utf8').trim().split('\n');
  const isIgnored = (file: string) =>
    ignored.some((pattern) => {
      const name = pattern.replace(/^\*\*\//, '');
      return pattern === name ? file === name || file.startsWith(`${name}/`) : file.split('/').includes(name);
    });
  return stdout.split('\0').filter((file) => file !== '' && !isIgnored(file));
}

/** Do the steps of a stage below `dir`, where `/site` of the image is `dir/site`. @param built where the first stage was built. */
export async function build(steps: Step[], dir: string, built?: string): Promise<void> {
  const work = path.join(dir, 'site');
  const given = await context();
  await mkdir(work, { recursive: true });
  for (const { name, options, rest } of steps) {
    if (name === 'RUN') await run('sh', ['-ec', rest], { cwd: work, maxBuffer: 1e8 });
    if (name !== 'COPY') continue;
    const sources = rest.split(/\s+/);
    const target = sources.pop() ?? '';
    const to = target.startsWith('/') ? path.join(dir, target) : path.join(work, target);
    if (options['from'] !== undefined) {
      for (const source of sources)
        await cp(path.join(built ?? '', source), to, { recursive: true, verbatimSymlinks: true });
      continue;
    }
    const isFolder = /[./]$/.test(target);
    for (const file of given) {
      const source = sources.find((source) => source === '.' || file === source || file.startsWith(`${source}/`));
      if (source === undefined) continue;
      const below = source === '.' ? file : path.basename(file);
      await cp(path.join(ROOT, file), isFolder ? path.join(to, below) : to);
    }
  }
}
