/**
 * The thread that hashes passwords, one after another: argon2id with the parameters that OWASP's password storage cheat
 * sheet recommends first (19 MiB, 2 passes, 1 lane). Started and asked by passwords.ts.
 */
import { getPriority, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { hashSync, verifySync } from '@node-rs/argon2';

/** `encoded` is the hash to compare with; null asks for a new one. */
export interface PasswordJob {
  id: number;
  password: string;
  encoded: string | null;
}

export interface PasswordReply {
  id: number;
  /** The new hash, or whether the password is the one that was hashed. */
  result?: string | boolean;
  /** Why there is none: the hash is no hash. */
  error?: string;
}

const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** So far behind the threads that chat needs, however nice the whole process is; and the nicest that there is. */
const NICER = 5;
const NICEST = 19;

function niceThread(): void {
  if (process.platform !== 'linux') return; // elsewhere it would hold for the whole process
  try {
    setPriority(Math.min(NICEST, getPriority() + NICER));
  } catch {
    // Where that is forbidden, hashing is only less polite.
  }
}

function replyTo({ id, password, encoded }: PasswordJob): PasswordReply {
  try {
    return { id, result: encoded === null ? hashSync(password, ARGON2ID) : verifySync(encoded, password) };
  } catch (error) {
    return { id, error: (error as Error).message };
  }
}

niceThread();
parentPort?.on('message', (job: PasswordJob) => parentPort?.postMessage(replyTo(job)));
