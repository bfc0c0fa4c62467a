/** A site (or the baseline) as a process of its own, started the way an operator would, with limits off. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Process {
  url: string;
  pid: number;
  dataDir: string;
  /** Milliseconds from spawn to the line that says it is ready. */
  coldStartMs: number;
  /** Resident memory in bytes. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

const READY = /ready: (\S+)/;

/** @param entry compiled file under dist/. */
export async function startProcess(entry: string): Promise<Process> {
  const dir = await mkdtemp(path.join(tmpdir(), 'gif-bench-'));
  const dataDir = path.join(dir, 'data');
  const began = performance.now();
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '..', entry)], {
    env: {
      ...process.env,
      PORT: '0',
      HOST: '127.0.0.1',
      LIMITS: 'off',
      LOG_LEVEL: 'error',
      DATA_DIR: dataDir,
      UPLOADS_DIR: path.join(dir, 'uploads'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await readyUrl(child);
  const coldStartMs = performance.now() - began;
  const pid = child.pid ?? 0;
  return {
    url: url.replace('localhost', '127.0.0.1'),
    pid,
    dataDir,
    coldStartMs,
    async memory() {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function readyUrl(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    const url = READY.exec(text)?.[1];
    if (url) return url;
  }
  throw new Error(`the process ended before it was ready: ${text}`);
}
