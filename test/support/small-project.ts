/** A project as small as can be with the real starter and upgrade: its server answers the version that it was built from. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../services/site/root.js';
import { waitFor } from './wait.js';

const run = promisify(execFile);

const SERVER = `
import { createServer } from 'node:http';
import { version } from './version.js';
const server = createServer((_request, response) => response.end(version));
server.listen(Number(process.env.PORT), '127.0.0.1', () => {
  const url = 'http://127.0.0.1:' + server.address().port;
  console.log('ready: ' + url);
  process.send?.({ ready: url });
});
const end = () => {
  console.log('ended calmly');
  process.exit(0);
};
process.on('SIGTERM', end).on('disconnect', end);
`;
const BUILD = `
import { cpSync, mkdirSync } from 'node:fs';
mkdirSync('dist', { recursive: true });
for (const file of ['app.js', 'version.js']) cpSync('src/' + file, 'dist/' + file);
`;
const PACKAGE = { name: 'small', version: '1.0.0', private: true, type: 'module' };

export const git = async (cwd: string, ...args: string[]): Promise<string> =>
  (await run('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], { cwd })).stdout.trim();

/** Commit a version of the project. `build` is what npm ci runs. */
export async function commitVersion(project: string, version: string, build = 'node build.mjs'): Promise<void> {
  const scripts = { prepare: build, start: 'exec node scripts/start.mjs' };
  await writeFile(path.join(project, 'package.json'), JSON.stringify({ ...PACKAGE, scripts }));
  await writeFile(path.join(project, 'src', 'version.js'), `export const version = '${version}';\n`);
  await git(project, 'add', '--all');
  await git(project, 'commit', '--quiet', '--message', version);
}

/** The repository `origin` in a folder, with a first version. */
export async function createProject(folder: string): Promise<string> {
  const origin = path.join(folder, 'origin');
  for (const part of ['src', 'scripts']) await mkdir(path.join(origin, part), { recursive: true });
  for (const name of ['start.mjs', 'upgrade.mjs'])
    await cp(path.join(ROOT, 'scripts', name), path.join(origin, 'scripts', name));
  const lock = { name: PACKAGE.name, version: PACKAGE.version, lockfileVersion: 3, packages: { '': PACKAGE } };
  await writeFile(path.join(origin, 'package-lock.json'), JSON.stringify(lock));
  await writeFile(path.join(origin, 'src', 'app.js'), SERVER);
  await writeFile(path.join(origin, 'build.mjs'), BUILD);
  await writeFile(path.join(origin, '.gitignore'), 'node_modules\ndist\ndata\n.env\n.run\n.upgrade\n');
  await git(origin, 'init', '--quiet', '--initial-branch=main');
  await commitVersion(origin, 'one');
  return origin;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A command in a project's folder, and what it says. */
export function start(cwd: string, command: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code: code as number | null, said };
  });
  return {
    pid: child.pid ?? 0,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    said: () => said,
    ended,
    /** The address at which it is ready. */
    ready: () => waitFor('the line with the address', () => /ready: (\S+)/.exec(said)?.[1]),
  };
}

/** The child of a process whose command line holds a text. */
export async function childOf(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return Number(children.trim().split(' ')[0]);
}
