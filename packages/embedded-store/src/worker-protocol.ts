// What passes between the thread that starts the store and the worker thread that is the store.
import type { EmbeddedStoreErrorCode } from './errors.js';

/**
 * Room on the disk of the data directory: as usual; used up but for the reserve, on which writes go on; writes are refused
 * (14031) until there is some.
 */
export type DiskState = 'roomy' | 'reserve' | 'full';

/** The store that the worker is to open. */
export interface WorkerOptions {
  readonly dir: string;
  /** Undefined: listen on a loopback port. */
  readonly socketPath: string | undefined;
  /** Made for the socket, removed with it. */
  readonly temporaryDir: string | undefined;
  readonly cursorIdleMs: number;
  readonly maxCursors: number;
  readonly ttlIntervalMs: number;
  readonly reserveBytes: number;
}

/** What the worker reports. */
export type WorkerMessage =
  | { readonly kind: 'listening'; readonly port?: number }
  | { readonly kind: 'disk'; readonly state: DiskState }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly code: EmbeddedStoreErrorCode; readonly message: string };

/**
 * What its starter tells the worker: to open a store, when it has none; to close it, after which it waits for the next one; to give
 * back memory that a busy time needed; to end, when it has no store.
 */
export type OwnerMessage = { readonly open: WorkerOptions } | 'close' | 'release' | 'end';
