// Sends one command to whatever listens on a port, to learn whether it is an embedded store.
import type { Socket } from 'node:net';
import { decode } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import type { Doc } from '../bson/values.js';
import { FrameReader } from './frames.js';

/** Send `{ <command>: 1 }` and resolve to the answer; rejects if what comes back is no OP_MSG. */
export function answerOf(socket: Socket, command: string): Promise<Doc> {
  const body = encode(
    new Map<string, string | number>([
      [command, 1],
      ['$db', 'admin'],
    ]),
  );
  const frame = Buffer.alloc(21 + body.length);
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(1, 4);
  frame.writeInt32LE(2013, 12);
  body.copy(frame, 21);
  return new Promise((resolve, reject) => {
    const reader = new FrameReader();
    socket.once('close', () => reject(new Error('closed')));
    socket.on('data', (chunk) => {
      try {
        for (const reply of reader.push(chunk)) resolve(decode(reply, 21));
      } catch (error) {
        reject(new Error('no answer', { cause: error }));
      }
    });
    socket.write(frame);
  });
}
