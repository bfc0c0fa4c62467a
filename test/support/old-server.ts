/** A server that answers every question with a greeting of MongoDB 4.2, which is older than the driver takes. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { BSON } from 'mongodb';

const GREETING = BSON.serialize({ ok: 1, ismaster: true, minWireVersion: 0, maxWireVersion: 8 });
/** OP_REPLY: flags, cursor, where it starts, how many documents. */
const BEFORE_REPLY = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
/** OP_MSG: flags, and a section of one document. */
const BEFORE_MESSAGE = Buffer.alloc(5);
const [OP_REPLY, OP_QUERY, OP_MSG] = [1, 2004, 2013];

function answer(question: Buffer): Buffer {
  const isLegacy = question.readInt32LE(12) === OP_QUERY;
  const body = Buffer.concat([isLegacy ? BEFORE_REPLY : BEFORE_MESSAGE, GREETING]);
  const header = Buffer.alloc(16);
  header.writeInt32LE(header.length + body.length, 0);
  header.writeInt32LE(question.readInt32LE(4), 8);
  header.writeInt32LE(isLegacy ? OP_REPLY : OP_MSG, 12);
  return Buffer.concat([header, body]);
}

export async function oldServer(): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (question: Buffer) => socket.write(answer(question)));
    socket.on('error', () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
