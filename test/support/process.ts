/** A site as a process of its own, started the way an operator would, so that a test may end it in any way. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import path from 'node:path';
import { hasGaps, GAPS } from './outer-store.js';
import { steadyPort } from './ports.js';
import { testEnv } from './site.js';
import { waitFor } from './wait.js';

const APP = path.join(import.meta.dirname, '../../app.js');
const READY = /ready: (\S+)/;

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface SiteProcess {
  /** Empty until `ready`. */
  url: string;
  pid: number;
  /** Resolves with the printed address. @throws when the process ended instead, with what it said. */
  ready(): Promise<string>;
  /** Everything it wrote so far. */
  stdout(): string;
  stderr(): string;
  ended: Promise<Ending>;
  end(signal: NodeJS.Signals): Promise<Ending>;
}

const outerEnv = (): Record<string, string> => (hasGaps() ? { NODE_OPTIONS: `--import=${GAPS}` } : {});

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Spawn a site on the data of `dir`. Only what is given reaches it: no setting of the machine or the folder that it runs on. */
export function spawnSite(dir: string, env: Record<string, string> = {}): SiteProcess {
  const child = spawn(process.execPath, [APP], {
    cwd: dir,
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', ENV_FILE: devNull, ...outerEnv(), ...testEnv(dir), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    return { code, signal };
  });
  const site: SiteProcess = {
    url: '',
    pid: child.pid ?? 0,
    async ready() {
      const url = await waitFor('the line with the address', () => {
        if (child.exitCode !== null) throw new Error(`the site ended with ${child.exitCode}: ${err}`);
        return READY.exec(out)?.[1];
      });
      site.url = url;
      return url;
    },
    stdout: () => out,
    stderr: () => err,
    ended,
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
  return site;
}

/** The same, once it is ready; on a port that it may have again after a restart. */
export async function startProcess(dir: string, env: Record<string, string> = {}): Promise<SiteProcess> {
  const site = spawnSite(dir, { PORT: String(await steadyPort()), ...env });
  await site.ready();
  return site;
}

/** Resident memory of a process in MB. */
export const residentMb = (pid: number): Promise<number> => memoryMb(pid, 'VmRSS');

/** The part of it that is the process's own: without pages of files, such as those of the store. */
export const ownMb = (pid: number): Promise<number> => memoryMb(pid, 'RssAnon');

async function memoryMb(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
}
