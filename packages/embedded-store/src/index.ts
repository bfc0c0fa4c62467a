// The door of the embedded document store: start it, get a mongodb:// URL, close it. All else in this directory is private.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { EmbeddedStoreError, type EmbeddedStoreErrorCode } from './errors.js';
import { SOCKET_DIR } from './storage/layout.js';

export { EmbeddedStoreError, type EmbeddedStoreErrorCode };

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
  /** Listen on a loopback port instead of a Unix socket. So it is on Windows, where there is no directory mode to lean on. */
  readonly tcp?: boolean;
}

export interface EmbeddedStore {
  /** mongodb:// URL for Mongoose, the official driver or mongosh. */
  readonly url: string;
  /** Resolves after {@link close}; rejects with EmbeddedStoreError `worker_died` if the store ends by itself. */
  readonly ended: Promise<void>;
  /** Finish what is queued, end all connections, release the directory. */
  close(): Promise<void>;
}

export interface WorkerOptions {
  readonly dir: string;
  readonly socketPath: string | undefined;
  /** Made for the socket, removed with it. */
  readonly temporaryDir: string | undefined;
  readonly cursorIdleMs: number;
  readonly maxCursors: number;
  readonly ttlIntervalMs: number;
}

export type WorkerMessage =
  | { readonly kind: 'listening'; readonly port?: number }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly code: EmbeddedStoreErrorCode; readonly message: string };

/** Bytes of a socket path that every Unix accepts (macOS: 104 with its final zero). */
const MAX_SOCKET_PATH = 103;

/** Directories this process has open: LMDB must not be opened twice by one process, and its lock would not tell. */
const open = new Set<string>();

/**
 * Open the data directory and serve it in a worker thread. Resolves once connections are accepted.
 * Rejects with EmbeddedStoreError: `data_dir_in_use`, `data_dir_unusable`, `start_failed`.
 */
export async function startEmbeddedStore(options: StoreOptions): Promise<EmbeddedStore> {
  const dir = prepareDir(options.dir);
  if (open.has(dir))
    throw new EmbeddedStoreError('data_dir_in_use', `the data directory ${dir} is already open in this process`);
  open.add(dir);
  try {
    const place = options.tcp === true || process.platform === 'win32' ? {} : socketIn(dir);
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: {
        dir,
        socketPath: place.path,
        temporaryDir: place.temporaryDir,
        cursorIdleMs: options.cursorIdleMs ?? 600_000,
        maxCursors: options.maxCursors ?? 1000,
        ttlIntervalMs: options.ttlIntervalMs ?? 30_000,
      } satisfies WorkerOptions,
    });
    return await handle(worker, dir, place.path, options.database);
  } catch (error) {
    open.delete(dir);
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

/** In the data directory if the path is short enough for a socket, else in a random 0700 directory for temporary files. */
function socketIn(dir: string): { path?: string; temporaryDir?: string } {
  const name = `s-${randomBytes(4).toString('hex')}.sock`;
  const path = join(dir, name);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return { path };
  const temporaryDir = mkdtempSync(join(tmpdir(), SOCKET_DIR));
  const short = join(temporaryDir, name);
  if (Buffer.byteLength(short) <= MAX_SOCKET_PATH) return { path: short, temporaryDir };
  rmSync(temporaryDir, { recursive: true, force: true });
  throw new EmbeddedStoreError('data_dir_unusable', `the paths ${path} and ${short} are too long for a Unix socket`);
}

/** Wait for the worker to listen, and make what the site holds. */
function handle(worker: Worker, dir: string, socketPath: string | undefined, database: string): Promise<EmbeddedStore> {
  return new Promise((started, failed) => {
    let closing = false;
    let cause: unknown;
    let end: (error?: EmbeddedStoreError) => void = () => undefined;
    const ended = new Promise<void>((done, fail) => {
      end = (error) => (error ? fail(error) : done());
    });
    ended.catch(() => undefined); // whoever does not look at it is not to be brought down by it
    worker.on('error', (error) => (cause = error));
    worker.on('exit', (code) => {
      open.delete(dir);
      const error = new EmbeddedStoreError('worker_died', `the embedded store ended unexpectedly (exit code ${code})`, {
        cause,
      });
      failed(error);
      end(closing ? undefined : error);
    });
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'failed') {
        closing = true;
        failed(new EmbeddedStoreError(message.code, message.message));
      }
      if (message.kind !== 'listening') return;
      const host = socketPath ? encodeURIComponent(socketPath) : `127.0.0.1:${message.port ?? 0}`;
      started({
        url: `mongodb://${host}/${encodeURIComponent(database)}`,
        ended,
        close: () => {
          if (!closing) worker.postMessage('close');
          closing = true;
          return ended;
        },
      });
    });
  });
}
