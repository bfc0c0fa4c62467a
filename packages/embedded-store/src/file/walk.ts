// Walks a tree of an LMDB file page by page and checks all that LMDB itself takes on trust: that a page is the one it should be,
// that nothing on it points outside, that no page is used twice, that keys stand in order and that their number is right.
import { Damage } from './damage.js';
import { HEADER, type PageFile, type Tree } from './page-file.js';

const BRANCH = 0x01;
const LEAF = 0x02;
const OVERFLOW = 0x04;
/** What a page of a tree without duplicates may say about itself. */
const KINDS = BRANCH | LEAF | OVERFLOW;

const NODE = 8;
const BIG = 0x01;
/** Where a value lies that is too big for its leaf: page, transaction, number of pages. */
const BIG_BYTES = 24;

/** LMDB's own limit is a stack of 32 pages. */
const MAX_DEPTH = 32;

export interface Entry {
  readonly key: Buffer;
  /** Its length, without reading it. */
  readonly size: number;
  /** Read the value; its bytes are good until the next entry. */
  readonly value: () => Buffer;
}

/** The order of the store's own keys. */
export const byBytes = (a: Buffer, b: Buffer): number => Buffer.compare(a, b);

/** Which pages were met. */
export class PageSet {
  private readonly bits: Uint8Array;

  constructor(lastPage: number) {
    this.bits = new Uint8Array((lastPage >> 3) + 1);
  }

  has(page: number): boolean {
    return ((this.bits[page >> 3] ?? 0) & (1 << (page & 7))) !== 0;
  }

  /** Throws Damage if it is there already. */
  add(page: number): void {
    if (this.has(page)) throw new Damage(`its page ${page} is used twice`);
    this.bits[page >> 3] = (this.bits[page >> 3] ?? 0) | (1 << (page & 7));
  }
}

interface Walk {
  readonly file: PageFile;
  readonly used: PageSet;
  readonly depth: number;
  /** How two keys compare. */
  readonly order: typeof byBytes;
  readonly broken: ((damage: Damage) => void) | undefined;
  last: Buffer | undefined;
  count: number;
}

/**
 * The entries of a tree in order. Throws Damage at the first thing that is wrong, at the end if entries are missing; with `broken`
 * it tells that function instead, leaves out what lies below the broken page, and goes on.
 */
export function* entriesOf(
  file: PageFile,
  tree: Tree,
  used: PageSet,
  order: typeof byBytes,
  broken?: Walk['broken'],
): Generator<Entry> {
  const walk: Walk = { file, used, depth: tree.depth, order, broken, last: undefined, count: 0 };
  if (tree.depth > MAX_DEPTH) throw new Damage('its meta page is broken');
  if (tree.root !== undefined) yield* below(walk, tree.root, 1);
  if (walk.count === tree.entries) return;
  const damage = new Damage(`it should have ${tree.entries} entries and has ${walk.count}`);
  if (!broken) throw damage;
  broken(damage);
}

function* below(walk: Walk, number: number, level: number): Generator<Entry> {
  try {
    yield* page(walk, number, level);
  } catch (error) {
    if (!(error instanceof Damage) || !walk.broken) throw error;
    walk.broken(error);
  }
}

function* page(walk: Walk, number: number, level: number): Generator<Entry> {
  if (number < 2) throw new Damage(`its pages lead to page ${number}`);
  const bytes = walk.file.pages(number);
  walk.used.add(number);
  const kind = bytes.readUInt16LE(18) & KINDS;
  const wanted = level < walk.depth ? BRANCH : LEAF;
  if (Number(bytes.readBigUInt64LE(0)) !== number || kind !== wanted) throw new Damage(`its page ${number} is broken`);
  if (kind === BRANCH) for (const child of childrenOf(bytes, number)) yield* below(walk, child, level + 1);
  else yield* leafEntries(walk, bytes, number);
}

/** Where the nodes of a page begin. */
function nodesOf(page: Buffer, number: number): number[] {
  const lower = page.readUInt16LE(20);
  const upper = page.readUInt16LE(22);
  const broken = () => new Damage(`its page ${number} is broken`);
  if (lower > upper || HEADER + upper > page.length || lower % 2) throw broken();
  const nodes: number[] = [];
  for (let i = 0; i < lower; i += 2) {
    const at = HEADER + page.readUInt16LE(HEADER + i);
    if (at < HEADER + upper || at + NODE > page.length) throw broken();
    if (at + NODE + page.readUInt16LE(at + 6) > page.length) throw broken();
    nodes.push(at);
  }
  if (nodes.length === 0) throw broken();
  return nodes;
}

function childrenOf(page: Buffer, number: number): number[] {
  return nodesOf(page, number).map((at) => page.readUInt32LE(at) + page.readUInt16LE(at + 4) * 2 ** 32);
}

function* leafEntries(walk: Walk, page: Buffer, number: number): Generator<Entry> {
  for (const at of nodesOf(page, number)) {
    const start = at + NODE + page.readUInt16LE(at + 6);
    const key = page.subarray(at + NODE, start);
    const size = page.readUInt32LE(at);
    const flags = page.readUInt16LE(at + 4);
    if ((flags & ~BIG) !== 0 || start + (flags & BIG ? BIG_BYTES : size) > page.length)
      throw new Damage(`its page ${number} is broken`);
    if (walk.last && walk.order(walk.last, key) >= 0)
      throw new Damage(`the keys on its page ${number} are in disorder`);
    walk.last = key;
    walk.count++;
    const value = flags & BIG ? bigValue(walk, page, start, size) : () => page.subarray(start, start + size);
    yield { key, size, value };
  }
}

/** Check that the pages of a big value are there and nobody else's; read them when asked. */
function bigValue({ file, used }: Walk, leaf: Buffer, at: number, size: number): () => Buffer {
  const first = Number(leaf.readBigUInt64LE(at));
  const count = Math.ceil((HEADER + size) / file.meta.pageSize);
  if (first < 2 || Number(leaf.readBigUInt64LE(at + 16)) !== count || first + count - 1 > file.meta.lastPage)
    throw new Damage(`a value leads to page ${first}, which is none of its own`);
  for (let page = first; page < first + count; page++) used.add(page);
  if ((first + count) * file.meta.pageSize > file.size) file.pages(first, count);
  return () => file.pages(first, count).subarray(HEADER, HEADER + size);
}
