// LMDB, and how it is used: one key space, one writer that groups, readers that see only what is on disk.
//
// A batch of writes is one LMDB transaction. Its callback runs here, its commit (fdatasync, then the meta page) on
// lmdb-js's own thread. Meanwhile reads go on against the snapshot taken after the commit before: so a reader never waits for
// the disk and never sees a write that could still be lost.
import { closeSync, fsyncSync, openSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { open } from './lmdb.js';
import { CommandError, SHUTTING_DOWN } from '../errors.js';
import { Slices } from '../slices.js';
import { Catalog } from './catalog.js';
import type { DiskState } from '../worker-protocol.js';
import type { Writer } from './key-value.js';
import { FORMAT_KEY, PROBE_KEY } from './layout.js';
import { isFull, type Reserve } from './reserve.js';
import { Snapshot, View, WriteView, type Db } from './view.js';

interface Job {
  run: (view: WriteView) => unknown;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

/** A command failed in a way nobody foresaw, perhaps with half its writes done: the transaction must go. */
class Poisoned extends Error {
  constructor(
    readonly job: Job,
    override readonly cause: unknown,
  ) {
    super('poisoned');
  }
}

const PROBE_BYTES = 128 * 1024;

const READERS_MAX = 2048;
/** Bytes of LMDB's lock file: one reader takes 64, its head less than a page. */
const LOCK_BYTES = READERS_MAX * 64 + 4096;

/** How long one batch may keep the thread before it commits, in milliseconds, so that readers get a turn. */
const BATCH_MS = 20;

export class Storage {
  /** Commits so far, and commands in them: their ratio is what grouping saves. */
  readonly stats = { commits: 0, jobs: 0 };
  readonly slices = new Slices();
  private queue: Job[] = [];
  private building: Promise<unknown> = Promise.resolve();
  private committing: Promise<void> | undefined;
  private current: Snapshot;
  private closed = false;
  /** A write was refused because the disk is full, and nothing larger was stored since. */
  private full = false;

  private constructor(
    private readonly db: Db,
    private readonly reserve: Reserve,
    catalog: Catalog,
  ) {
    this.current = new Snapshot(db, catalog, db.useReadTransaction());
  }

  /** Open or create the store file. Throws what lmdb throws. */
  static async open(path: string, reserve: Reserve): Promise<Storage> {
    allocateLock(`${path}-lock`);
    const db: Db = open({
      path,
      noSubdir: true,
      keyEncoding: 'binary',
      encoding: 'binary',
      overlappingSync: false, // a commit is on disk before it is seen; see above
      eventTurnBatching: false, // else a failed commit also rejects a promise that nobody can reach
      maxReaders: READERS_MAX,
      ...({ permissionsMode: 0o600 } as object), // known to lmdb-js, not to its types
    });
    const storage = new Storage(db, reserve, Catalog.load(new View(db, new Catalog(), undefined)));
    await storage.write(checkFormat);
    syncDirectory(dirname(path));
    return storage;
  }

  /** Whether there is room on the disk, as far as writes have met its end. */
  get disk(): DiskState {
    if (this.full) return 'full';
    return this.reserve.lacking ? 'reserve' : 'roomy';
  }

  /** After a refusal, try whether there is room: nobody else may write. Then make the reserve anew. */
  async lookAtDisk(): Promise<void> {
    if (this.full && (await this.reserve.roomFor(2 * PROBE_BYTES)) && (await this.hasRoom())) this.full = false;
    if (!this.full) await this.reserve.restore();
  }

  /** Store more than free pages in the file have room for, and remove it. */
  private async hasRoom(): Promise<boolean> {
    try {
      await this.write((view) => view.put(PROBE_KEY, Buffer.alloc(PROBE_BYTES)));
      await this.write((view) => view.remove(PROBE_KEY));
      return true;
    } catch {
      return false;
    }
  }

  /** Reader slots of LMDB in use: snapshots that are still retained. */
  get readers(): number {
    return this.db.readerList().trim().split('\n').length - 1;
  }

  /** The newest durable state. Not retained: use it before the next await, or retain() it. */
  get snapshot(): Snapshot {
    return this.current;
  }

  /**
   * Run `job` in the next group commit; resolves when it is on disk. A CommandError rejects this job only (it must be thrown
   * before anything was written); any other error undoes the whole batch.
   */
  write<T>(job: (view: WriteView) => T): Promise<T> {
    if (this.closed) return Promise.reject(new CommandError(SHUTTING_DOWN, 'the store is shutting down'));
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ run: job, resolve: resolve, reject });
      this.committing ??= this.commitAll();
    });
  }

  /** Long building of indexes goes one after another: the next one may find that its index is there already. */
  build<T>(work: () => Promise<T>): Promise<T> {
    const built = this.building.then(work);
    this.building = built.catch(() => undefined);
    return built;
  }

  private async commitAll(): Promise<void> {
    while (this.queue.length > 0) await this.commit();
    this.committing = undefined;
  }

  private async commit(): Promise<void> {
    const answers: (() => void)[] = [];
    const taken: Job[] = [];
    let catalog: Catalog | undefined;
    try {
      await this.db.childTransaction(() => {
        catalog = this.current.catalog.fork();
        const view = new WriteView(this.db, catalog);
        const deadline = performance.now() + BATCH_MS;
        for (let job = this.queue.shift(); job; job = this.queue.shift()) {
          taken.push(job);
          answers.push(attempt(job, view));
          if (performance.now() > deadline) break;
        }
        catalog.save(view);
      });
    } catch (error) {
      this.failed(error, taken);
      return;
    }
    this.stats.commits++;
    this.stats.jobs += taken.length;
    this.advance(catalog as unknown as Catalog);
    for (const answer of answers) answer();
  }

  /** One command's own fault costs that command; the others of its batch run again. A failed commit fails them all. */
  private failed(error: unknown, taken: readonly Job[]): void {
    if (error instanceof Poisoned) {
      error.job.reject(error.cause);
      this.queue.unshift(...taken.filter((job) => job !== error.job));
      return;
    }
    // lmdb-js gives the reason by a second promise, whose rejection must be handled too
    const { commitError } = error as { commitError?: Promise<never> };
    if (commitError) commitError.catch((why: unknown) => this.refuse(taken, why));
    else this.refuse(taken, error);
  }

  private refuse(taken: readonly Job[], why: unknown): void {
    const full = isFull(why);
    if (full && this.reserve.giveUp()) {
      this.queue.unshift(...taken);
      return;
    }
    if (full) this.full = true;
    const refusal = new CommandError(full ? 14031 : 'InternalError', `the write could not be stored: ${String(why)}`);
    for (const job of taken.length ? taken : this.queue.splice(0)) job.reject(refusal);
  }

  private advance(catalog: Catalog): void {
    const old = this.current;
    this.db.resetReadTxn();
    this.current = new Snapshot(this.db, catalog, this.db.useReadTransaction());
    old.release();
  }

  /** Do something that reads the newest durable state with pauses. */
  read<T>(work: (view: Snapshot) => Generator<undefined, T>): Promise<T> {
    return this.slices.hold(this.finish(work));
  }

  private async finish<T>(work: (view: Snapshot) => Generator<undefined, T>): Promise<T> {
    const view = this.current;
    view.retain();
    try {
      return await this.slices.finish(work(view));
    } finally {
      view.release();
    }
  }

  /** Wait for what is queued, end what is reading, then close the file. */
  async close(): Promise<void> {
    this.closed = true;
    await this.committing;
    await this.slices.close();
    this.current.release();
    await this.db.close();
  }
}

/**
 * LMDB maps its lock file and makes it with holes: on a full disk, the first touch of a hole would end the process by SIGBUS.
 * So the whole file is written before it is mapped. Nobody else has it: the directory is ours.
 */
function allocateLock(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (process.platform !== 'win32' && size < LOCK_BYTES) writeFileSync(path, Buffer.alloc(LOCK_BYTES), { mode: 0o600 });
}

/** A new file is not safe before its name is. Windows cannot sync directories, and has no need to. */
function syncDirectory(dir: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(dir, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** The layout of this file, for later versions of the store to know it by. In format 1 values had no checksums. */
const FORMAT = Buffer.from([2]);
const READABLE = [1, 2];

/** Files of format 1 become files of format 2, in which a value may still be without its checksum until it is written again. */
function checkFormat(view: Writer): void {
  const found = view.get(FORMAT_KEY);
  if (found && !(found.length === 1 && READABLE.includes(found[0] ?? 0)))
    throw new Error(`store.mdb has format ${found.toString('hex')}, this version reads 01 and 02`);
  if (!found?.equals(FORMAT)) view.put(FORMAT_KEY, FORMAT);
}

function attempt(job: Job, view: WriteView): () => void {
  try {
    const value = job.run(view) as never;
    return () => job.resolve(value);
  } catch (error) {
    if (!(error instanceof CommandError)) throw new Poisoned(job, error);
    return () => job.reject(error);
  }
}
