// Something to read from: a snapshot of what is on disk, or the open write transaction.
import type { RootDatabase } from 'lmdb';
import type { Catalog } from './catalog.js';
import type { Range, Reader, Writer } from './key-value.js';

export type Db = RootDatabase<Buffer, Buffer>;
type Transaction = ReturnType<Db['useReadTransaction']>;

/** getBinary takes the options of get, which its type does not say. */
interface Getter {
  getBinary(key: Buffer, options?: { transaction: Transaction }): Buffer | undefined;
}

export class View implements Reader {
  constructor(
    protected readonly db: Db,
    readonly catalog: Catalog,
    private readonly transaction: Transaction | undefined,
  ) {}

  get(key: Buffer): Buffer | undefined {
    return (this.db as unknown as Getter).getBinary(key, this.options());
  }

  has(key: Buffer): boolean {
    return this.get(key) !== undefined;
  }

  keys(range: Range): Iterable<Buffer> {
    return this.db.getKeys({ ...bounds(range), ...this.options() });
  }

  /** How many keys a range has, counted without bringing them here. */
  count(range: Range): number {
    return this.db.getKeysCount({ ...bounds(range), ...this.options() });
  }

  entries(range: Range): Iterable<{ key: Buffer; value: Buffer }> {
    return this.db.getRange({ ...bounds(range), ...this.options() });
  }

  private options(): { transaction: Transaction } | undefined {
    return this.transaction && { transaction: this.transaction };
  }
}

const bounds = ({ start, end, reverse }: Range) =>
  reverse ? { start: end, end: start, reverse, exclusiveStart: true, inclusiveEnd: true } : { start, end };

/** A view that stays as it is until released; cursors retain it over several requests. */
export class Snapshot extends View {
  #references = 1;

  constructor(
    db: Db,
    catalog: Catalog,
    private readonly held: Transaction,
  ) {
    super(db, catalog, held);
  }

  retain(): void {
    this.#references++;
  }

  release(): void {
    if (--this.#references === 0) this.held.done();
  }
}

/** The open write transaction: reads see its own writes; the catalog is its own copy. */
export class WriteView extends View implements Writer {
  constructor(db: Db, catalog: Catalog) {
    super(db, catalog, undefined);
  }

  put(key: Buffer, value: Buffer): void {
    void this.db.put(key, value);
  }

  remove(key: Buffer): void {
    void this.db.remove(key);
  }
}
