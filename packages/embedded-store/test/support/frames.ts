// Frames of the wire protocol by hand, and what comes back.
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { deserialize, serialize, type Document } from 'bson';

interface FrameOptions {
  readonly flags?: number;
  readonly sections?: Buffer[];
  readonly length?: number;
  readonly opCode?: number;
  readonly tail?: Buffer;
}

const REQUEST_ID = 77;

/** An OP_MSG frame; options make it a wrong one. */
export function message(body: Document, options: FrameOptions = {}): Buffer {
  const content = Buffer.concat([
    Buffer.alloc(4),
    Buffer.from([0]),
    Buffer.isBuffer(body) ? body : Buffer.from(serialize(body)),
    ...(options.sections ?? []),
    options.tail ?? Buffer.alloc(0),
  ]);
  content.writeUInt32LE(options.flags ?? 0, 0);
  return frame(content, options.opCode ?? 2013, options.length);
}

/** A frame with this content; with another length than its own if that is given. */
export function frame(content: Buffer, opCode: number, length = 16 + content.length): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(length, 0);
  header.writeInt32LE(REQUEST_ID, 4);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, content]);
}

/** A section of kind 1. */
export function sequence(name: string, docs: Document[]): Buffer {
  const body = Buffer.concat([Buffer.from(`${name}\0`), ...docs.map((doc) => Buffer.from(serialize(doc)))]);
  const head = Buffer.alloc(5);
  head[0] = 1;
  head.writeInt32LE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

/** A bare connection to the Unix socket of a store's URL. */
export async function connect(url: string): Promise<Socket> {
  const socket = createConnection(decodeURIComponent(new URL(url).host));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Send a frame and read the answer. */
export async function ask(socket: Socket, request: Buffer): Promise<Document> {
  socket.write(request);
  let bytes = Buffer.alloc(0);
  while (bytes.length < 4 || bytes.length < bytes.readInt32LE(0))
    bytes = Buffer.concat([bytes, ((await once(socket, 'data')) as [Buffer])[0]]);
  assert.equal(bytes.readInt32LE(8), REQUEST_ID, 'responseTo');
  return deserialize(bytes.subarray(bytes.readInt32LE(12) === 1 ? 36 : 21));
}
