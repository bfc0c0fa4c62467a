/** Clients that are printed in docs/, run as they are printed. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { ROOT } from '../../services/site/root.js';
import { printed } from './pages.js';

export interface Printed {
  page: string;
  /** As the fence of the block says. */
  language: string;
  /** A name for the file that it becomes. */
  file: string;
  /** What runs such a file, and what stands before its name. */
  command: readonly [string, ...string[]];
}

export class Client {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** All of its standard output and of its standard error so far. */
  said = '';
  complained = '';
  readonly #ended: Promise<unknown>;

  constructor({ page, language, file, command }: Printed, args: string[], env: Record<string, string> = {}) {
    const folder = path.join(ROOT, 'test-results', 'clients', String(process.pid));
    mkdirSync(folder, { recursive: true });
    const script = path.join(folder, file);
    writeFileSync(script, printed(page, language));
    const [program, ...before] = command;
    this.child = spawn(program, [...before, script, ...args], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true, // a group of its own: `go run` starts the program that it has made
    });
    this.child.stdout.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    this.child.stderr.on('data', (chunk: Buffer) => (this.complained += chunk.toString()));
    this.child.stdin.on('error', () => undefined);
    this.#ended = once(this.child, 'exit');
  }

  type(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  /** How often it said this. */
  count(text: string): number {
    return this.said.split(text).length - 1;
  }

  /** Until it has ended by itself. @returns its exit code. */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.child.exitCode;
  }

  /** End it and whatever it started. */
  kill(): void {
    try {
      if (this.child.pid) process.kill(-this.child.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended
    }
  }
}
