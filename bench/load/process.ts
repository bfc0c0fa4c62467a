/** One load process as the driver sees it: a call that a worker answers over the process channel. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { Commands } from './worker.js';

interface Answer {
  id: number;
  result?: unknown;
  error?: string;
}

export class LoadProcess {
  readonly #child: ChildProcess = fork(path.join(import.meta.dirname, 'worker.js'), {
    // JSON knows no Infinity.
    serialization: 'advanced',
  });
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  #next = 0;

  constructor() {
    this.#child.on('message', ({ id, result, error }: Answer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result as never);
      else waiting?.reject(new Error(`load: ${error}`));
    });
    this.#child.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`a load process ended with ${code}`));
    });
  }

  /** Run one of the worker's commands. Rejects with what it threw, or when the process ends. */
  call<Name extends keyof Commands>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<Awaited<ReturnType<Commands[Name]>>> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, name, args });
    });
  }

  stop(): void {
    this.#child.kill();
  }
}
