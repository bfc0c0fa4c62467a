/**
 * `npm run store`: serves the embedded store in DATA_DIR at a fixed address, behind a shared secret, so that several nodes run
 * without MongoDB. Prints one whole mongodb:// URL for their MONGO_URL. One machine, no replica, no TLS: for a network that
 * is trusted.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startEmbeddedStore } from 'mongoose-embedded-store';
import { parseConfig } from '../services/site/config.js';
import { ROOT } from '../services/site/root.js';
import { readSettingsFile } from '../services/site/settings-file.js';
import { serveStore, storeUrl } from '../services/database/store-door.js';

const SECRET_MIN = 8;

async function main(): Promise<void> {
  readSettingsFile();
  const { STORE_HOST, STORE_PORT, STORE_SECRET, DATA_DIR } = process.env;
  if (!STORE_SECRET) throw new Error('STORE_SECRET is not set: it is what lets the nodes in, and nobody else');
  if (STORE_SECRET.length < SECRET_MIN) throw new Error(`STORE_SECRET: needs at least ${SECRET_MIN} characters`);
  const port = Number(STORE_PORT || 27_017);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error('STORE_PORT: must be a port, 0 for a free one');
  const { storeReserveBytes } = parseConfig({ STORE_RESERVE_BYTES: process.env['STORE_RESERVE_BYTES'] });
  const dir = path.resolve(ROOT, DATA_DIR || './data');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const store = await startEmbeddedStore({ dir, database: 'gifchat', reserveBytes: storeReserveBytes });
  const door = await serveStore({ store: store.url, host: STORE_HOST || '127.0.0.1', port, secret: STORE_SECRET });
  const end = () => {
    door.close();
    store.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  store.ended.catch(fail);
  process.stdout.write(`${storeUrl({ host: STORE_HOST || '127.0.0.1', port: door.port, secret: STORE_SECRET })}\n`);
}

function fail(error: unknown): never {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}

main().catch(fail);
