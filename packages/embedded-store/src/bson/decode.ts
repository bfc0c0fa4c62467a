// Bytes -> values. Every length is checked: the bytes may come from anybody who can reach the socket.
import { CommandError, notImplemented } from '../errors.js';
import { Binary, BSONRegExp, Int32, MaxKey, MinKey, ObjectId, Timestamp, type Doc, type Value } from './values.js';

/** Levels of nesting accepted: MongoDB's limit for stored documents plus the command around it. */
export const MAX_DEPTH = 190;

const MAX_DATE = 8.64e15;

const invalid = (why: string) => new CommandError('InvalidBSON', `Invalid BSON: ${why}`);

/** A document that is kept as its bytes and only read into a Map when somebody asks. Bytes are stored and sent untouched. */
export class RawDoc {
  #doc: Doc | undefined;

  constructor(readonly bytes: Buffer) {}

  get doc(): Doc {
    return (this.#doc ??= decode(this.bytes));
  }
}

/** Read one document that starts at `start`. Throws CommandError InvalidBSON. */
export function decode(bytes: Buffer, start = 0): Doc {
  return new Decoder(bytes, start).document(0);
}

/** Like {@link decode}, but top-level arrays under these names hold {@link RawDoc}s, so that what is inserted keeps its bytes. */
export function decodeCommand(bytes: Buffer, rawArrays: ReadonlySet<string>): { doc: Doc; raw: Map<string, RawDoc[]> } {
  const decoder = new Decoder(bytes, 0);
  const raw = new Map<string, RawDoc[]>();
  decoder.keepRaw = { names: rawArrays, found: raw };
  return { doc: decoder.document(0), raw };
}

class Decoder {
  keepRaw: { names: ReadonlySet<string>; found: Map<string, RawDoc[]> } | undefined;

  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  document(depth: number): Doc {
    const end = this.open(depth);
    const out: Doc = new Map();
    for (;;) {
      const type = this.byte(end);
      if (type === 0) break;
      const name = this.cstring(end);
      if (depth === 0 && type === 4 && this.keepRaw?.names.has(name)) {
        this.keepRaw.found.set(name, this.rawArray());
        continue;
      }
      out.set(name, this.value(type, end, depth));
    }
    if (this.at !== end) throw invalid('document length does not match its content');
    return out;
  }

  private array(depth: number): Value[] {
    const end = this.open(depth);
    const out: Value[] = [];
    for (;;) {
      const type = this.byte(end);
      if (type === 0) break;
      this.skipName(end);
      out.push(this.value(type, end, depth));
    }
    if (this.at !== end) throw invalid('array length does not match its content');
    return out;
  }

  private rawArray(): RawDoc[] {
    const end = this.open(0);
    const out: RawDoc[] = [];
    for (;;) {
      const type = this.byte(end);
      if (type === 0) break;
      this.skipName(end);
      if (type !== 3) throw new CommandError('TypeMismatch', 'expected an array of documents');
      const start = this.at;
      const stop = this.open(0);
      this.at = stop;
      out.push(new RawDoc(this.bytes.subarray(start, stop)));
    }
    return out;
  }

  /** Check the length of the document here and step inside; returns its end. */
  private open(depth: number): number {
    if (depth > MAX_DEPTH) throw new CommandError('Overflow', `BSON nested deeper than ${MAX_DEPTH} levels`);
    if (this.at + 5 > this.bytes.length) throw invalid('truncated document');
    const length = this.bytes.readInt32LE(this.at);
    const end = this.at + length;
    if (length < 5 || end > this.bytes.length || this.bytes[end - 1] !== 0) throw invalid('bad document length');
    this.at += 4;
    return end;
  }

  private byte(end: number): number {
    if (this.at >= end) throw invalid('unexpected end');
    return this.bytes[this.at++] as number;
  }

  private cstring(end: number): string {
    const start = this.at;
    this.skipName(end);
    return this.bytes.toString('utf8', start, this.at - 1);
  }

  private skipName(end: number): void {
    const stop = this.bytes.indexOf(0, this.at);
    if (stop < 0 || stop >= end) throw invalid('unterminated name');
    this.at = stop + 1;
  }

  /** Step over `size` bytes and return where they began. */
  private take(size: number, end: number): number {
    const start = this.at;
    if (size < 0 || start + size > end) throw invalid('value runs past its document');
    this.at = start + size;
    return start;
  }

  private string(end: number): string {
    const length = this.bytes.readInt32LE(this.take(4, end));
    const start = this.take(length, end);
    if (length < 1 || this.bytes[start + length - 1] !== 0) throw invalid('bad string');
    return this.bytes.toString('utf8', start, start + length - 1);
  }

  private value(type: number, end: number, depth: number): Value {
    const bytes = this.bytes;
    switch (type) {
      case 0x01:
        return bytes.readDoubleLE(this.take(8, end));
      case 0x02:
        return this.string(end);
      case 0x03:
        return this.document(depth + 1);
      case 0x04:
        return this.array(depth + 1);
      case 0x05: {
        const length = bytes.readInt32LE(this.take(4, end));
        const subType = bytes[this.take(1, end)] as number;
        const start = this.take(length, end);
        return new Binary(Buffer.from(bytes.subarray(start, start + length)), subType);
      }
      case 0x07: {
        const start = this.take(12, end);
        return new ObjectId(Buffer.from(bytes.subarray(start, start + 12)));
      }
      case 0x08: {
        const flag = bytes[this.take(1, end)] as number;
        if (flag > 1) throw invalid('bad boolean');
        return flag === 1;
      }
      case 0x09: {
        const start = this.take(8, end);
        const time = bytes.readInt32LE(start + 4) * 0x1_0000_0000 + bytes.readUInt32LE(start);
        if (Math.abs(time) > MAX_DATE)
          throw new CommandError('BadValue', 'dates beyond the year 275760 are not stored');
        return new Date(time);
      }
      case 0x0a:
        return null;
      case 0x0b:
        return this.regex(this.cstring(end), this.cstring(end));
      case 0x10:
        return new Int32(bytes.readInt32LE(this.take(4, end)));
      case 0x11: {
        const start = this.take(8, end);
        return new Timestamp({ i: bytes.readUInt32LE(start), t: bytes.readUInt32LE(start + 4) });
      }
      case 0x12:
        return bytes.readBigInt64LE(this.take(8, end));
      case 0x7f:
        return new MaxKey();
      case 0xff:
        return new MinKey();
      default:
        throw unsupported(type);
    }
  }

  private regex(pattern: string, options: string): BSONRegExp {
    if (/[^ilmsux]/.test(options)) throw new CommandError('BadValue', `invalid regex option in: ${options}`);
    return new BSONRegExp(pattern, options);
  }
}

/** Types that BSON has and the store has not: they would need a comparison, or arithmetic, of their own. */
const UNSUPPORTED: Record<number, string> = {
  0x06: 'undefined',
  0x0c: 'dbPointer',
  0x0d: 'javascript',
  0x0e: 'symbol',
  0x0f: 'javascriptWithScope',
  0x13: 'decimal',
};

function unsupported(type: number): CommandError {
  const name = UNSUPPORTED[type];
  return name ? notImplemented(`the BSON type ${name}`) : invalid(`unknown type 0x${type.toString(16)}`);
}
