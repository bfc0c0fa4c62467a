// The key space as the rest of the store sees it: sorted keys and their values.

export interface Range {
  readonly start: Buffer;
  /** Exclusive. */
  readonly end: Buffer;
  readonly reverse?: boolean;
}

export interface Reader {
  get(key: Buffer): Buffer | undefined;
  /** Keys of a range, in order. */
  keys(range: Range): Iterable<Buffer>;
  entries(range: Range): Iterable<{ key: Buffer; value: Buffer }>;
}

export interface Writer extends Reader {
  put(key: Buffer, value: Buffer): void;
  remove(key: Buffer): void;
}
