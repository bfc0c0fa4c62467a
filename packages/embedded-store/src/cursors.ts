// Open cursors: a generator, the snapshot it reads, and the time it was last asked.
import { randomBytes } from 'node:crypto';
import { RawDoc } from './bson/decode.js';
import type { Encodable, EncodableDoc } from './bson/encode.js';
import type { Budget } from './budget.js';
import { CommandError } from './errors.js';
import type { Slices } from './slices.js';
import type { Snapshot, View } from './storage/view.js';

interface Cursor {
  readonly ns: string;
  readonly source: Iterator<Encodable>;
  readonly close: () => void;
  readonly budget: Budget | undefined;
  /** The document that did not fit into the last batch. */
  held: Encodable;
  /** A batch is being made of it; a cursor that is killed meanwhile ends after that. */
  busy: boolean;
  killed: boolean;
  touched: number;
}

/** Bytes of documents in one batch: one document more than this is never added. */
const BATCH_BYTES = 16 * 1024 * 1024;
/** MongoDB's first batch, where the client names no size. */
export const FIRST_BATCH = 101;

export class Cursors {
  private readonly cursors = new Map<bigint, Cursor>();

  constructor(
    private readonly limit: number,
    private readonly idleMs: number,
    private readonly slices: Slices,
  ) {}

  get size(): number {
    return this.cursors.size;
  }

  /**
   * Answer with the first batch of what `read` finds in the snapshot. What is left stays open under an id, and the snapshot with it;
   * with `single` nothing stays. Throws 352 if too many cursors are open.
   */
  open(
    ns: string,
    snapshot: Snapshot,
    read: (view: View) => Iterator<Encodable>,
    batchSize: number,
    options: { single?: boolean; budget?: Budget },
  ): Promise<EncodableDoc> {
    snapshot.retain();
    let source: Iterator<Encodable>;
    try {
      source = read(snapshot);
    } catch (error) {
      snapshot.release();
      throw error;
    }
    return this.slices.hold(this.first(ns, source, () => snapshot.release(), batchSize, options));
  }

  /** The same for entries that need no snapshot. */
  list(ns: string, entries: readonly Encodable[], batchSize: number): Promise<EncodableDoc> {
    return this.first(ns, entries[Symbol.iterator](), () => undefined, batchSize, {});
  }

  /** `close` runs once, when the source is done with. */
  private async first(
    ns: string,
    source: Iterator<Encodable>,
    close: () => void,
    batchSize: number,
    options: { single?: boolean; budget?: Budget },
  ): Promise<EncodableDoc> {
    const { budget } = options;
    const cursor: Cursor = {
      ...{ ns, source, close, budget },
      ...{ held: undefined, touched: Date.now(), busy: false, killed: false },
    };
    try {
      const [batch, done] = await this.fill(cursor, batchSize);
      if (done || options.single) {
        this.end(cursor);
        return answer('firstBatch', batch, 0n, ns);
      }
      if (this.cursors.size >= this.limit) throw new CommandError(352, `too many open cursors (${this.limit})`);
      const id = randomBytes(8).readBigInt64LE() & 0x7fffffffffffffffn;
      cursor.budget?.pause();
      this.cursors.set(id, cursor);
      return answer('firstBatch', batch, id, ns);
    } catch (error) {
      this.end(cursor);
      throw error;
    }
  }

  /** The next batch of an open cursor. Rejects with CursorNotFound, Unauthorized, or 12051 if it is being read at this moment. */
  next(id: bigint, ns: string, batchSize: number): Promise<EncodableDoc> {
    return this.slices.hold(this.following(id, ns, batchSize));
  }

  private async following(id: bigint, ns: string, batchSize: number): Promise<EncodableDoc> {
    const cursor = this.cursors.get(id);
    if (!cursor) throw new CommandError('CursorNotFound', `cursor id ${id} not found`);
    if (cursor.ns !== ns)
      throw new CommandError(
        'Unauthorized',
        `Requested getMore on namespace '${ns}', but cursor belongs to a different namespace ${cursor.ns}`,
      );
    if (cursor.busy) throw new CommandError(12051, `cursor id ${id} is already in use`);
    cursor.budget?.resume();
    try {
      const [batch, done] = await this.fill(cursor, batchSize);
      cursor.touched = Date.now();
      if (done) this.kill(id);
      else cursor.budget?.pause();
      return answer('nextBatch', batch, done ? 0n : id, ns);
    } catch (error) {
      this.kill(id);
      throw error;
    }
  }

  kill(id: bigint): boolean {
    const cursor = this.cursors.get(id);
    if (!cursor) return false;
    this.cursors.delete(id);
    cursor.killed = true;
    if (!cursor.busy) this.end(cursor);
    return true;
  }

  /** Close what nobody has asked for in a while. */
  sweep(): void {
    for (const [id, cursor] of this.cursors)
      if (!cursor.busy && Date.now() - cursor.touched > this.idleMs) this.kill(id);
  }

  closeAll(): void {
    for (const id of this.cursors.keys()) this.kill(id);
  }

  private async fill(cursor: Cursor, batchSize: number): Promise<[Encodable[], boolean]> {
    cursor.busy = true;
    try {
      return await batchOf(cursor, batchSize, this.slices);
    } finally {
      cursor.busy = false;
      // killed meanwhile: it is in no list any more
      if (cursor.killed) this.end(cursor);
    }
  }

  private end(cursor: Cursor): void {
    cursor.source.return?.();
    cursor.close();
  }
}

/** The next batch, with pauses, and whether it is the last. */
async function batchOf(cursor: Cursor, batchSize: number, slices: Slices): Promise<[Encodable[], boolean]> {
  const batch: Encodable[] = [];
  let bytes = 0;
  while (batch.length < batchSize) {
    let next = cursor.held;
    cursor.held = undefined;
    if (next === undefined) {
      const found = nextOf(cursor, slices);
      next = found instanceof Promise ? await found : found;
      if (next === undefined) return [batch, true];
    }
    const size = next instanceof RawDoc ? next.bytes.length : 512;
    if (batch.length > 0 && bytes + size > BATCH_BYTES) {
      cursor.held = next;
      return [batch, false];
    }
    bytes += size;
    batch.push(next);
  }
  if (batchSize === 0) return [batch, false];
  cursor.held = await nextOf(cursor, slices);
  return [batch, cursor.held === undefined];
}

/** The next document, or a promise of it if it is the others' turn; undefined after the last. */
function nextOf(cursor: Cursor, slices: Slices): Encodable {
  const step = cursor.source.next();
  if (step.done) return undefined;
  if (step.value !== undefined) return step.value;
  return slices.pause().then(() => {
    if (cursor.killed) throw new CommandError('CursorNotFound', 'the cursor was killed while it was read');
    return nextOf(cursor, slices);
  });
}

const answer = (name: string, batch: Encodable[], id: bigint, ns: string): EncodableDoc =>
  new Map<string, Encodable>([
    [
      'cursor',
      new Map<string, Encodable>([
        [name, batch],
        ['id', id],
        ['ns', ns],
      ]),
    ],
    ['ok', 1],
  ]);
