// Where the store's Unix socket lies. Its name changes at each start, so that a stale one is never connected to.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedStoreError } from './errors.js';

/** What the names of directories begin with that are made for a socket alone. */
export const SOCKET_DIR = 'embedded-store-socket-';

/** Bytes of a socket path that every Unix accepts (macOS: 104 with its final zero). */
const MAX_SOCKET_PATH = 103;

interface SocketPath {
  readonly path: string;
  /** The directory that was made for it, if the data directory's path is too long. */
  readonly temporaryDir: string | undefined;
}

/** In the data directory if the path is short enough for a socket, else in a random 0700 directory for temporary files. */
export function socketIn(dir: string): SocketPath {
  const name = `s-${randomBytes(4).toString('hex')}.sock`;
  const path = join(dir, name);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return { path, temporaryDir: undefined };
  const temporaryDir = mkdtempSync(join(tmpdir(), SOCKET_DIR));
  const short = join(temporaryDir, name);
  if (Buffer.byteLength(short) <= MAX_SOCKET_PATH) return { path: short, temporaryDir };
  rmSync(temporaryDir, { recursive: true, force: true });
  throw new EmbeddedStoreError('data_dir_unusable', `the paths ${path} and ${short} are too long for a Unix socket`);
}
