/**
 * Password hashes. One keeps a processor busy for some 20 ms, so they are made one at a time, by addresses in turn, in a
 * thread of low priority (password-thread.ts), which the first password starts and which ends after a minute without one.
 */
import { Worker } from 'node:worker_threads';
import { FairQueue, type Party } from '../work/fair-queue.js';
import type { PasswordJob, PasswordReply } from './password-thread.js';

/** Milliseconds that a password waits for its turn. */
const WAIT_MS = 10_000;
/** Milliseconds without a password after which the thread ends. */
const IDLE_MS = 60_000;

export class Passwords {
  readonly #queue = new FairQueue({ atOnce: 1, ofOneGroup: 1, waitMs: WAIT_MS });

  /** Hash a password. @param from whose turn it is: address and visitor. @returns the encoded hash. @throws AppError busy. */
  hash(password: string, from: Party): Promise<string> {
    return this.#queue.run(from, async () => String(await inThread(password, null)));
  }

  /** Whether a password is the one that was hashed. @param from as for `hash`. @throws AppError busy. */
  matches(encoded: string, password: string, from: Party): Promise<boolean> {
    return this.#queue.run(from, async () => (await inThread(password, encoded)) === true);
  }
}

type Result = NonNullable<PasswordReply['result']>;

/** One thread with what it has not answered. */
class PasswordThread {
  readonly #worker = new Worker(new URL('./password-thread.js', import.meta.url), { env: {} });
  readonly #asked = new Map<number, { resolve: (result: Result) => void; reject: (error: Error) => void }>();
  readonly #idle: NodeJS.Timeout;
  #jobs = 0;

  /** @param gone is called once it takes no more jobs. */
  constructor(gone: (thread: PasswordThread) => void) {
    const end = (why: Error) => {
      clearTimeout(this.#idle);
      gone(this);
      for (const { reject } of this.#asked.values()) reject(why);
      this.#asked.clear();
    };
    const retire = () => {
      // A machine that slept: the answer is on its way.
      if (this.#asked.size > 0) return void this.#idle.refresh();
      // Its end takes a moment, in which it must not be asked any more.
      gone(this);
      void this.#worker.terminate();
    };
    this.#idle = setTimeout(retire, IDLE_MS).unref();
    this.#worker.on('message', (reply: PasswordReply) => this.#settle(reply));
    this.#worker.on('error', end);
    this.#worker.on('exit', () => end(new Error('the thread that hashes passwords has ended')));
    this.#worker.unref();
  }

  ask(password: string, encoded: string | null): Promise<Result> {
    const job: PasswordJob = { id: this.#jobs++, password, encoded };
    this.#idle.refresh();
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#asked.set(job.id, { resolve, reject });
      this.#worker.postMessage(job);
    });
  }

  #settle({ id, result, error }: PasswordReply): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (this.#asked.size === 0) this.#worker.unref();
    if (result === undefined) asked?.reject(new Error(error));
    else asked?.resolve(result);
  }
}

/** One a process, whatever number of sites run in it. */
let thread: PasswordThread | null = null;

function inThread(password: string, encoded: string | null): Promise<Result> {
  thread ??= new PasswordThread((ended) => {
    if (thread === ended) thread = null;
  });
  return thread.ask(password, encoded);
}
