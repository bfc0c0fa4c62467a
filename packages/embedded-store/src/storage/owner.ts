// One process per data directory.
//
// Whoever starts first listens on a socket of its own, then, inside a write transaction of owner.mdb, looks whether the
// recorded owner still answers and, if not, records itself. The transaction is LMDB's robust OS mutex: it serialises
// starters, across containers too, and the kernel frees it when a holder is killed. Liveness is "does its socket accept", which
// the kernel also ends with the process; no process id is looked at. So nothing stale is ever to be removed by hand.
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { open } from './lmdb.js';
import { decode } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import { EmbeddedStoreError } from '../errors.js';
import { ownerFile } from '../file/demand.js';
import { SOCKET_DIR } from '../socket-path.js';
import { answerOf } from '../wire/probe.js';

/** Where the store listens: a socket path, or a loopback port and the secret that proves it is the store's. */
export type Address = { readonly path: string } | { readonly port: number; readonly token: string };

export const OWNER = Buffer.from('owner');

/** How long another program on the recorded port may take to answer, in milliseconds; then it counts as the owner. */
const PROBE_MS = 2000;

/** Take the directory. Throws EmbeddedStoreError data_dir_in_use if a live process has it. */
export async function claim(dir: string, own: Address): Promise<void> {
  const db = open<Buffer, Buffer>({
    path: ownerFile(dir),
    noSubdir: true,
    keyEncoding: 'binary',
    encoding: 'binary',
    overlappingSync: false,
    ...({ permissionsMode: 0o600 } as object),
  });
  try {
    await db.transactionSync(async () => {
      const bytes = db.getBinary(OWNER);
      const owner = bytes && readAddress(bytes);
      if (owner && (await answers(owner)))
        throw new EmbeddedStoreError('data_dir_in_use', `the data directory ${dir} is in use by another process`);
      if ('path' in own && !existsSync(own.path))
        throw new EmbeddedStoreError('data_dir_in_use', `another process was starting on ${dir} at the same moment`);
      sweep(dir, own, owner);
      await db.put(OWNER, writeAddress(own));
    });
  } finally {
    await db.close();
  }
}

/** Sockets that earlier owners left. */
function sweep(dir: string, own: Address, owner: Address | undefined): void {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    if (/^s-[0-9a-f]+\.sock$/.test(name) && !('path' in own && own.path === path)) rmSync(path, { force: true });
  }
  if (!owner || !('path' in owner)) return;
  const temporary = dirname(owner.path);
  if (temporary === dir || !basename(temporary).startsWith(SOCKET_DIR)) return;
  rmSync(owner.path, { force: true });
  try {
    rmdirSync(temporary); // removes empty directories only
  } catch {
    // not empty, or not ours to remove
  }
}

export function readAddress(bytes: Buffer): Address {
  const record = decode(bytes);
  const path = record.get('path');
  if (typeof path === 'string') return { path };
  return { port: record.get('port') as number, token: record.get('token') as string };
}

const writeAddress = (address: Address): Buffer => encode(new Map<string, string | number>(Object.entries(address)));

/** Is the process behind this address alive? In doubt, yes. */
export function answers(address: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection('path' in address ? address : { port: address.port, host: '127.0.0.1' });
    const end = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(PROBE_MS, () => end(true));
    socket.once('error', (error: NodeJS.ErrnoException) => end(!['ECONNREFUSED', 'ENOENT'].includes(error.code ?? '')));
    socket.once('connect', () => {
      if ('path' in address) end(true);
      else
        answerOf(socket, 'embeddedStoreToken').then(
          (reply) => end(reply.get('token') === address.token),
          () => end(false),
        );
    });
  });
}
