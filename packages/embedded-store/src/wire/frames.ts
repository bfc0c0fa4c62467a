// Frames of the MongoDB wire protocol. Source: the driver specifications "OP_MSG" and "Wire Protocol", mongodb.com.
import { decodeCommand, RawDoc } from '../bson/decode.js';
import { encodeAfter, type EncodableDoc } from '../bson/encode.js';
import type { Doc } from '../bson/values.js';
import { CommandError } from '../errors.js';

/** What hello advertises: 48,000,000 bytes, MongoDB's own figure. */
export const MAX_MESSAGE_BYTES = 48_000_000;

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER = 16;

const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** Bits below this one must be understood; of those above, exhaustAllowed may be ignored. */
const REQUIRED_BITS = 0xffff;

/** One request, ready to be run. */
export interface Request {
  readonly requestId: number;
  readonly legacy: boolean;
  readonly command: Doc;
  /** Documents to be stored, as bytes: those of `insert`. */
  readonly raw: ReadonlyMap<string, readonly RawDoc[]>;
  /** The client will not read an answer. */
  readonly silent: boolean;
}

/** A frame that cannot be trusted: the connection must end. */
export class WireError extends Error {}

/** Arrays of the body that are kept as bytes. */
const RAW_ARRAYS = new Set(['documents']);

/** Cuts a byte stream into frames. Holds at most one frame, which is at most {@link MAX_MESSAGE_BYTES}. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private size = 0;

  /** Frames completed by this chunk. Throws WireError. */
  *push(chunk: Buffer): Generator<Buffer> {
    this.chunks.push(chunk);
    this.size += chunk.length;
    while (this.size >= 4) {
      const length = this.peekLength();
      if (length < HEADER || length > MAX_MESSAGE_BYTES) throw new WireError(`frame of ${length} bytes`);
      if (this.size < length) return;
      const all = this.chunks.length === 1 ? (this.chunks[0] as Buffer) : Buffer.concat(this.chunks, this.size);
      this.chunks = length < all.length ? [all.subarray(length)] : [];
      this.size -= length;
      yield all.subarray(0, length);
    }
  }

  private peekLength(): number {
    let first = this.chunks[0] as Buffer;
    if (first.length < 4) {
      first = Buffer.concat(this.chunks, this.size);
      this.chunks = [first];
    }
    return first.readInt32LE(0);
  }
}

/** Read one frame. Throws WireError if it is no request at all, CommandError if its BSON is bad. */
export function parseFrame(frame: Buffer): Request {
  const requestId = frame.readInt32LE(4);
  const opCode = frame.readInt32LE(12);
  if (opCode === OP_MSG) return parseMessage(frame, requestId);
  if (opCode === OP_QUERY) return parseQuery(frame, requestId);
  throw new WireError(`opcode ${opCode} is not supported`);
}

function parseMessage(frame: Buffer, requestId: number): Request {
  if (frame.length < HEADER + 5) throw new WireError('short OP_MSG');
  const flags = frame.readUInt32LE(HEADER);
  if (flags & REQUIRED_BITS & ~(CHECKSUM_PRESENT | MORE_TO_COME)) throw new WireError(`unknown flags ${flags}`);
  const end = frame.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  let command: Doc | undefined;
  const raw = new Map<string, RawDoc[]>();
  let at = HEADER + 4;
  while (at < end) {
    const kind = frame[at++];
    if (at + 4 > end) throw new WireError('short section');
    const size = frame.readInt32LE(at);
    if (size < 5 || at + size > end) throw new WireError('bad section length');
    const section = frame.subarray(at, at + size);
    at += size;
    if (kind === 0) {
      if (command) throw new WireError('two bodies');
      const body = decodeCommand(section, RAW_ARRAYS);
      command = body.doc;
      for (const [name, docs] of body.raw) raw.set(name, docs);
    } else if (kind === 1) {
      const [name, docs] = parseSequence(section);
      raw.set(name, docs);
    } else throw new WireError(`section kind ${kind ?? -1}`);
  }
  if (!command) throw new WireError('no body');
  return { requestId, legacy: false, command, raw, silent: (flags & MORE_TO_COME) !== 0 };
}

function parseSequence(section: Buffer): [string, RawDoc[]] {
  const stop = section.indexOf(0, 4);
  if (stop < 0) throw new WireError('unterminated section name');
  const docs: RawDoc[] = [];
  let at = stop + 1;
  while (at < section.length) {
    const size = at + 4 <= section.length ? section.readInt32LE(at) : -1;
    if (size < 5 || at + size > section.length) throw new WireError('bad document in section');
    docs.push(new RawDoc(section.subarray(at, at + size)));
    at += size;
  }
  return [section.toString('utf8', 4, stop), docs];
}

/** The handshake of drivers that do not know the server's release yet: a command on `db.$cmd`. */
function parseQuery(frame: Buffer, requestId: number): Request {
  const stop = frame.indexOf(0, HEADER + 4);
  if (stop < 0 || stop + 9 > frame.length) throw new WireError('short OP_QUERY');
  const namespace = frame.toString('utf8', HEADER + 4, stop);
  if (!namespace.endsWith('.$cmd')) throw new WireError('OP_QUERY is served for the handshake only');
  const { doc } = decodeCommand(frame.subarray(stop + 9), new Set());
  const inner = doc.get('$query');
  const command = inner instanceof Map ? inner : doc;
  command.set('$db', namespace.slice(0, -5));
  return { requestId, legacy: true, command, raw: new Map(), silent: false };
}

let nextId = 1;

/** The frame of an answer. Throws CommandError BSONObjectTooLarge if it would be longer than a frame may be. */
export function answerFrame(request: Request, reply: EncodableDoc): Buffer {
  const head = HEADER + (request.legacy ? 20 : 5);
  const frame = encodeAfter(head, reply).fill(0, 0, head);
  const { length } = frame;
  if (length > MAX_MESSAGE_BYTES) throw new CommandError('BSONObjectTooLarge', `an answer of ${length} bytes`);
  frame.writeInt32LE(length, 0);
  frame.writeInt32LE((nextId = (nextId + 1) & 0x7fffffff), 4);
  frame.writeInt32LE(request.requestId, 8);
  frame.writeInt32LE(request.legacy ? OP_REPLY : OP_MSG, 12);
  if (request.legacy) {
    frame.writeInt32LE(8, HEADER); // awaitCapable
    frame.writeInt32LE(1, HEADER + 16);
  }
  return frame;
}
