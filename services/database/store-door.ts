/**
 * The door of an embedded store that other machines use (`npm run store`). The store itself listens on a socket that only
 * its own user may open; this listens on TCP and lets a connection through once it has said the shared secret, by MongoDB's
 * mechanism PLAIN. Before that it answers nothing but the greeting, with which drivers also look whether a server is there.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { mongo } from 'mongoose';

const { BSON } = mongo;

const USER = 'gifchat';
const OP_MSG = 2013;
const OP_QUERY = 2004;
/** Bytes of a message's head, and where an OP_MSG of one section and an OP_QUERY have their document. */
const HEAD = 16;
const MSG_DOCUMENT = HEAD + 4 + 1;
const QUERY_NAME = HEAD + 4;
const QUERY_NUMBERS = 8;
/** Bytes of a message before the secret was said; milliseconds until it must have been. */
const UNKNOWN_MAX = 16_384;
const UNKNOWN_MS = 30_000;
const GREETINGS = ['hello', 'ismaster', 'isMaster'];
const AUTHENTICATION_FAILED = 18;
const UNAUTHORIZED = 13;

interface Address {
  host: string;
  port: number;
  /** What a connection has to say. */
  secret: string;
}

/** The URL that a node is given. */
export function storeUrl({ host, port, secret }: Address): string {
  const reached = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  const name = reached.includes(':') ? `[${reached}]` : reached;
  const how = 'authMechanism=PLAIN&authSource=%24external&directConnection=true';
  return `mongodb://${USER}:${encodeURIComponent(secret)}@${name}:${port}/gifchat?${how}`;
}

/**
 * Listen. @param store the URL of the store behind it.
 * @throws what `listen` fails with.
 */
export async function serveStore({ store, host, port, secret }: Address & { store: string }) {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    open.add(client);
    client.once('close', () => open.delete(client));
    attend(client, targetOf(store), secret);
  });
  await once(server.listen(port, host), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close(): void {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** Where the store listens: a socket's path, or a port of this machine. */
function targetOf(url: string): { path: string } | { host: string; port: number } {
  const at = decodeURIComponent(/^mongodb:\/\/([^/]+)\//.exec(url)?.[1] ?? '');
  const [host = '', port] = at.split(/:(?=\d+$)/);
  return port === undefined ? { path: at } : { host, port: Number(port) };
}

function attend(client: Socket, target: ReturnType<typeof targetOf>, secret: string): void {
  const behind = connect(target);
  const end = () => {
    client.destroy();
    behind.destroy();
  };
  client.on('error', end).on('close', end);
  behind.on('error', end).on('close', end);
  const tooLate = setTimeout(end, UNKNOWN_MS);
  client.once('close', () => clearTimeout(tooLate));
  behind.pipe(client);
  let waiting = Buffer.alloc(0);

  function read(chunk: Buffer): void {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= HEAD) {
      const length = waiting.readInt32LE(0);
      if (length < HEAD || length > UNKNOWN_MAX) return end();
      if (waiting.length < length) return;
      const message = waiting.subarray(0, length);
      waiting = waiting.subarray(length);
      const command = commandOf(message);
      const name = Object.keys(command ?? {})[0] ?? '';
      if (command && GREETINGS.includes(name)) {
        clearTimeout(tooLate); // a driver's watch of the server says nothing else, ever
        behind.write(message);
      } else if (name === 'saslStart' && knows(command, secret)) {
        client.write(answer(message, { conversationId: 1, done: true, payload: new BSON.Binary(), ok: 1 }));
        clearTimeout(tooLate);
        client.off('data', read);
        behind.write(waiting);
        return void client.pipe(behind);
      } else {
        const [code, codeName] =
          name === 'saslStart' ? [AUTHENTICATION_FAILED, 'AuthenticationFailed'] : [UNAUTHORIZED, 'Unauthorized'];
        client.write(answer(message, { ok: 0, errmsg: 'Authentication failed.', code, codeName }));
      }
    }
  }
  client.on('data', read);
}

/** The document of a message; null for what is none. */
function commandOf(message: Buffer): Record<string, unknown> | null {
  const kind = message.readInt32LE(12);
  const at = kind === OP_MSG ? MSG_DOCUMENT : message.indexOf(0, QUERY_NAME) + 1 + QUERY_NUMBERS;
  if ((kind !== OP_MSG && kind !== OP_QUERY) || at + 4 >= message.length) return null;
  try {
    return BSON.deserialize(message.subarray(at, at + message.readInt32LE(at)));
  } catch {
    return null;
  }
}

/** Whether a saslStart is of PLAIN and says the secret: `\0user\0secret`. */
function knows(command: Record<string, unknown> | null, secret: string): boolean {
  const payload = command?.['payload'];
  if (command?.['mechanism'] !== 'PLAIN' || !(payload instanceof BSON.Binary)) return false;
  const [, user, given = ''] = Buffer.from(payload.value()).toString().split('\0');
  return user === USER && timingSafeEqual(digest(given), digest(secret));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** An OP_MSG that answers a message. */
function answer(message: Buffer, document: object): Buffer {
  const body = BSON.serialize(document);
  const head = Buffer.alloc(MSG_DOCUMENT);
  head.writeInt32LE(MSG_DOCUMENT + body.length, 0);
  head.writeInt32LE(message.readInt32LE(4), 8);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, body]);
}
