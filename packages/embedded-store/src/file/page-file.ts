// An LMDB file as its bytes say it is. It is read from a file descriptor, never mapped: mapped, a page that is not there or holds
// nonsense ends the whole process by SIGBUS or SIGSEGV. Layout: liblmdb/mdb.c (data version 2, as lmdb-js 3 builds it).
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import { Damage } from './damage.js';

/** One of the trees of a file. */
export interface Tree {
  readonly depth: number;
  readonly entries: number;
  /** Undefined: the tree is empty. */
  readonly root: number | undefined;
}

/** A meta page: the state of the whole file after one transaction. */
interface Meta {
  readonly pageSize: number;
  /** Page numbers up to this one are in use or free. */
  readonly lastPage: number;
  readonly transaction: number;
  readonly free: Tree;
  readonly main: Tree;
}

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const META_FLAG = 0x08;
export const HEADER = 24;
/** Bytes of a meta page that mean something, with the page's header. */
const META_BYTES = HEADER + 144;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
/** The largest map that x86-64 and ARM give a process. */
const MAX_MAP = 2n ** 47n;

export class PageFile {
  private constructor(
    private readonly descriptor: number,
    readonly size: number,
    readonly meta: Meta,
  ) {}

  /**
   * Open a file and read its newest meta page; undefined if there is no file, or an empty one, which LMDB would fill.
   * Throws Damage if it is no LMDB file, or one whose beginning is broken.
   */
  static open(path: string): PageFile | undefined {
    let descriptor: number;
    try {
      descriptor = openSync(path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const { size } = fstatSync(descriptor);
      if (size > 0) return new PageFile(descriptor, size, newest(descriptor, size));
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    closeSync(descriptor);
    return undefined;
  }

  /** Read `count` pages. Throws Damage if the file ends before. */
  pages(number: number, count = 1): Buffer {
    const { pageSize, lastPage } = this.meta;
    if (number + count - 1 > lastPage) throw new Damage(`it leads to page ${number}, but has ${lastPage + 1} pages`);
    const at = number * pageSize;
    if (at + count * pageSize > this.size)
      throw new Damage(`it is cut short: it has ${this.size} bytes, and at least ${at + count * pageSize} are needed`);
    const out = Buffer.allocUnsafe(count * pageSize);
    readSync(this.descriptor, out, 0, out.length, at);
    return out;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function newest(descriptor: number, size: number): Meta {
  if (endianness() !== 'LE') throw new Damage('it cannot be checked on a big-endian machine');
  const [first, second] = [0, 1].map((number) => {
    const bytes = Buffer.alloc(META_BYTES);
    if (number === 0) readSync(descriptor, bytes, 0, META_BYTES, 0);
    else readSync(descriptor, bytes, 0, META_BYTES, pageSizeOf(descriptor));
    return metaOf(bytes, number, size);
  }) as [Meta, Meta];
  if (first.pageSize !== second.pageSize) throw new Damage('its two meta pages have different page sizes');
  return second.transaction > first.transaction ? second : first;
}

function pageSizeOf(descriptor: number): number {
  const bytes = Buffer.alloc(4);
  readSync(descriptor, bytes, 0, 4, HEADER + 24);
  return bytes.readUInt32LE(0);
}

function metaOf(bytes: Buffer, number: number, size: number): Meta {
  const magic = bytes.readUInt32LE(HEADER);
  if (magic !== MAGIC) {
    if (number === 0) throw new Damage('it is no database file, or its first page is broken');
    throw new Damage(size < 2 * 4096 ? `it is cut short, to ${size} bytes` : 'its second meta page is broken');
  }
  const version = bytes.readUInt32LE(HEADER + 4) & 0xffff;
  if (version !== DATA_VERSION) throw new Damage(`it has LMDB format ${version} instead of ${DATA_VERSION}`);
  const pageSize = bytes.readUInt32LE(HEADER + 24);
  const lastPage = bytes.readBigUInt64LE(HEADER + 120);
  const map = bytes.readBigUInt64LE(HEADER + 16);
  const sound =
    (bytes.readUInt16LE(18) & META_FLAG) !== 0 &&
    pageSize >= 512 &&
    pageSize <= 65_536 &&
    Number.isInteger(Math.log2(pageSize)) &&
    lastPage >= 1n &&
    map <= MAX_MAP &&
    (lastPage + 1n) * BigInt(pageSize) <= MAX_MAP;
  if (!sound) throw new Damage(`its meta page ${number} is broken`);
  return {
    pageSize,
    lastPage: Number(lastPage),
    transaction: Number(bytes.readBigUInt64LE(HEADER + 128)),
    free: treeOf(bytes, HEADER + 24),
    main: treeOf(bytes, HEADER + 72),
  };
}

function treeOf(bytes: Buffer, at: number): Tree {
  const root = bytes.readBigUInt64LE(at + 40);
  return {
    depth: bytes.readUInt16LE(at + 6),
    entries: Number(bytes.readBigUInt64LE(at + 32)),
    root: root === NO_PAGE ? undefined : Number(root),
  };
}
