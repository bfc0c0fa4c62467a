/** What is measured: the site or the reference as a process of its own, started the way an operator would, limits off. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Probed } from './probe.js';

export interface Build {
  /** Heading of its column. */
  name: string;
  kind: 'site' | 'reference';
  /** Compiled main module. */
  entry: string;
}

interface StartOptions {
  /** Load the probe, for the live heap. */
  probe?: boolean;
  env?: Record<string, string>;
}

const READY = /ready: (\S+)/;
const PROBE = pathToFileURL(path.join(import.meta.dirname, 'probe.js')).href;
const HAS_PROC = existsSync('/proc/self/stat');
/** Linux counts CPU time for user programs in hundredths of a second, whatever its own clock. */
const MS_PER_TICK = 10;
/** Rooms stay while a case prepares: nobody has to be in each all the time. */
const GRACE_MS = '3600000';
const KEEP_ALIVE_MS = '60000';

/** Targets that have not been stopped: they end, and their folders go, with this process, whatever ends it. */
const running = new Set<Target>();
process.once('exit', () => {
  for (const target of running) target.kill();
});

export class Target {
  url = '';
  /** Milliseconds from spawn to the line that says it is ready. */
  coldStartMs = 0;
  #child!: ChildProcess;

  private constructor(
    readonly build: Build,
    readonly dir: string,
    private readonly options: StartOptions,
  ) {}

  /** Start a build on an empty data directory. */
  static async start(build: Build, options: StartOptions = {}): Promise<Target> {
    const target = new Target(build, await mkdtemp(path.join(tmpdir(), 'gif-bench-')), options);
    running.add(target);
    await target.#spawn('0');
    return target;
  }

  get dataDir(): string {
    return path.join(this.dir, 'data');
  }

  /** End it as an operator would; its data stays. */
  async end(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }

  /** After `end`: start again, on the same data and port. */
  again(): Promise<void> {
    return this.#spawn(new URL(this.url).port);
  }

  /** End it for good. */
  async stop(): Promise<void> {
    // The load is gone already: what the process says about that is of no interest.
    this.#child.stdout?.removeAllListeners('data').resume();
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.end();
    await rm(this.dir, { recursive: true, force: true });
    running.delete(this);
  }

  /** End it without waiting for anything. */
  kill(): void {
    this.#child.kill('SIGKILL');
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Milliseconds of CPU so far: user and system, all threads, and the processes that it has started. */
  async cpuMs(): Promise<number> {
    if (!HAS_PROC) return (await this.probe()).cpuMs;
    return this.#processes().reduce((sum, pid) => sum + cpuTicks(pid), 0) * MS_PER_TICK;
  }

  /** Resident memory in bytes, of the process and of those that it has started. */
  async rss(): Promise<number> {
    if (!HAS_PROC) return (await this.probe()).rss;
    return this.#processes().reduce((sum, pid) => sum + residentBytes(pid), 0);
  }

  /** What the process says of itself, after a collection of its heap. Only with the option `probe`, or without /proc. */
  async probe(): Promise<Probed> {
    const answered = once(this.#child, 'message') as Promise<[Probed]>;
    this.#child.send('probe');
    return (await answered)[0];
  }

  #processes(): number[] {
    const { pid } = this.#child;
    return pid === undefined ? [] : descendants(pid);
  }

  async #spawn(port: string): Promise<void> {
    const flags = this.options.probe || !HAS_PROC ? ['--expose-gc', '--import', PROBE] : [];
    const began = performance.now();
    this.#child = spawn(process.execPath, [...process.execArgv, ...flags, this.build.entry], {
      // Not where a .env might be.
      cwd: this.dir,
      env: {
        ...process.env,
        PORT: port,
        HOST: '127.0.0.1',
        LIMITS: 'off',
        LOG_LEVEL: 'error',
        DATA_DIR: this.dataDir,
        UPLOADS_DIR: path.join(this.dir, 'uploads'),
        ROOM_GRACE_MS: GRACE_MS,
        KEEP_ALIVE_MS,
        ...this.options.env,
      },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.url = (await readyUrl(this.#child)).replace('localhost', '127.0.0.1');
    this.coldStartMs = performance.now() - began;
  }
}

/** A process and all that it started, as far as they live. */
function descendants(pid: number): number[] {
  const threads = entries(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean));
  return [pid, ...children.flatMap((child) => descendants(Number(child)))];
}

/** Time of a process in ticks, with that of its children that have ended. */
function cpuTicks(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // The name before the last bracket may hold blanks; utime, stime, cutime and cstime are the 14th to 17th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + (Number(field) || 0), 0);
}

const residentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;

/** What a process that may end meanwhile says of itself; empty once it has. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The address that a process prints when it is ready; what it prints afterwards is shown. */
function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      if (READY.test(text)) return void process.stderr.write(chunk);
      text += chunk.toString();
      const url = READY.exec(text)?.[1];
      if (url) resolve(url);
    });
    child.once('exit', () => reject(new Error(`the process ended before it was ready: ${text}`)));
  });
}
