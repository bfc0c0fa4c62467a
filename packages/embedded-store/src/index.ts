// The public door of the package: start the store, get a mongodb:// URL, close it; check a store that is closed; copy one.
import { chmodSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CheckReport } from './check.js';
import { EmbeddedStoreError, type EmbeddedStoreErrorCode } from './errors.js';
import { socketIn } from './socket-path.js';
import { keepThread, storeThread } from './thread.js';
import type { Worker } from 'node:worker_threads';
import type { DiskState, OwnerMessage, WorkerMessage, WorkerOptions } from './worker-protocol.js';

export { type CheckReport, type DiskState, EmbeddedStoreError, type EmbeddedStoreErrorCode };

export interface StoreOptions {
  /** The data directory; made if it is not there, and set to mode 0700. */
  readonly dir: string;
  /** The database that {@link EmbeddedStore.url} names. Clients may use others beside it. */
  readonly database: string;
  /** Milliseconds a cursor may idle; 600,000 if not given. */
  readonly cursorIdleMs?: number;
  /** Cursors open at once; 1,000 if not given. */
  readonly maxCursors?: number;
  /** Milliseconds between two passes of TTL expiry; 30,000 if not given. */
  readonly ttlIntervalMs?: number;
  /** Bytes set aside in the directory, given up when the disk is full so that writes go on; 0 (none) if not given. */
  readonly reserveBytes?: number;
  /** Is told when the disk fills up, and when there is room again; before that it is `roomy`. Within a second. */
  readonly onDisk?: (state: DiskState) => void;
  /** Listen on a loopback port instead of a Unix socket. Always so on Windows, whose directories have no mode to rely on. */
  readonly tcp?: boolean;
}

export interface EmbeddedStore {
  /** mongodb:// URL for Mongoose, the official driver or mongosh. */
  readonly url: string;
  /** Resolves after {@link close}; rejects with EmbeddedStoreError `worker_died` if the store ends by itself. */
  readonly ended: Promise<void>;
  /** Give back memory that a start or a busy time needed. It stops the store for some 20 ms, so call it at rest. */
  releaseMemory(): void;
  /** Finish what is queued, end all connections, release the directory. */
  close(): Promise<void>;
}

/** Directories this process has open: LMDB must not be opened twice by one process, and its lock would not notice. */
const openDirs = new Set<string>();

/**
 * Open the data directory and serve it in a worker thread. Resolves once connections are accepted.
 * Rejects with EmbeddedStoreError: `data_dir_in_use`, `data_dir_unusable`, `data_file_damaged` (the message names the file and says
 * what to do), `start_failed`.
 */
export async function startEmbeddedStore(options: StoreOptions): Promise<EmbeddedStore> {
  const dir = prepareDir(options.dir);
  if (openDirs.has(dir))
    throw new EmbeddedStoreError('data_dir_in_use', `the data directory ${dir} is already open in this process`);
  openDirs.add(dir);
  try {
    const socket = options.tcp === true || process.platform === 'win32' ? undefined : socketIn(dir);
    const open: WorkerOptions = {
      dir,
      socketPath: socket?.path,
      temporaryDir: socket?.temporaryDir,
      cursorIdleMs: options.cursorIdleMs ?? 600_000,
      maxCursors: options.maxCursors ?? 1000,
      ttlIntervalMs: options.ttlIntervalMs ?? 30_000,
      reserveBytes: options.reserveBytes ?? 0,
    };
    return await started(storeThread(), open, options, () => openDirs.delete(dir));
  } catch (error) {
    openDirs.delete(dir);
    throw error;
  }
}

function prepareDir(path: string): string {
  const dir = resolve(path);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    chmodSync(dir, 0o700);
    return dir;
  } catch (error) {
    throw new EmbeddedStoreError('data_dir_unusable', `cannot use the data directory ${dir}`, { cause: error });
  }
}

/** As `checkStore` of check.ts, which a process that only runs a store does not load: it reads files with code that the worker has. */
export async function checkStore(options: { readonly dir: string }): Promise<CheckReport> {
  const check = await import('./check.js');
  return check.checkStore(options);
}

/** As `backupStore` of backup.ts, loaded by the processes that make a backup alone. */
export async function backupStore(options: { readonly dir: string; readonly to: string }): Promise<CheckReport> {
  const backup = await import('./backup.js');
  return backup.backupStore(options);
}

/** Whether a live process has the store of a data directory open. Rejects with EmbeddedStoreError `data_file_damaged`. */
export async function isStoreOpen(options: { readonly dir: string }): Promise<boolean> {
  const check = await import('./check.js');
  return check.isStoreOpen(options);
}

/** Let the worker open its store, and wait until it listens. `released` is called when nobody has the directory any more. */
function started(
  worker: Worker,
  open: WorkerOptions,
  { database, onDisk }: StoreOptions,
  released: () => void,
): Promise<EmbeddedStore> {
  return new Promise((resolve, reject) => {
    let closing = false;
    let cause: unknown;
    const tell = (message: OwnerMessage) => worker.postMessage(message);
    const ended = new Promise<void>((done, failed) => {
      worker.on('error', (error) => (cause = error));
      worker.on('exit', (code) => {
        released();
        const why = cause instanceof Error ? `: ${cause.message}` : '';
        const message = `the embedded store ended unexpectedly (exit code ${code})${why}`;
        const error = new EmbeddedStoreError('worker_died', message, { cause });
        reject(error);
        if (closing) done();
        else failed(error);
      });
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind !== 'closed') return;
        keepThread(worker);
        released();
        // Clients in this process have then seen the ends of their connections, which came before this message.
        setTimeout(done, 1);
      });
    });
    ended.catch(() => undefined); // a caller that does not watch it must not be ended by it
    const close = () => {
      if (!closing) tell('close');
      closing = true;
      return ended;
    };
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'failed') {
        closing = true;
        reject(new EmbeddedStoreError(message.code, message.message));
      }
      if (message.kind === 'disk') onDisk?.(message.state);
      if (message.kind !== 'listening') return;
      const host = open.socketPath ? encodeURIComponent(open.socketPath) : `127.0.0.1:${message.port ?? 0}`;
      resolve({
        url: `mongodb://${host}/${encodeURIComponent(database)}`,
        ended,
        releaseMemory: () => {
          if (!closing) tell('release');
        },
        close,
      });
    });
    tell({ open });
  });
}
