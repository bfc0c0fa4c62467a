// The worker thread: claims the directory, opens the file, listens, and reports to the thread that started it. One store at a time.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';
import type { Services } from './commands/dispatch.js';
import { Cursors } from './cursors.js';
import { CommandError, EmbeddedStoreError, SHUTTING_DOWN } from './errors.js';
import { demandOwner, demandStore, storeFile } from './file/demand.js';
import { claim, type Address } from './storage/owner.js';
import { purge } from './storage/purge.js';
import { releaseMemory } from './memory.js';
import { WireServer } from './wire/server.js';
import type { DiskState, OwnerMessage, WorkerMessage, WorkerOptions } from './worker-protocol.js';
import { Reserve } from './storage/reserve.js';
import { Storage } from './storage/storage.js';
import { expire } from './storage/ttl.js';

const port = parentPort;
if (!port) throw new Error('worker.ts is started by index.ts');

const report = (message: WorkerMessage) => port.postMessage(message);

/** Milliseconds between two passes that erase what was dropped. */
const PURGE_MS = 1000;
/** Milliseconds between two looks at the room on the disk. */
const DISK_MS = 1000;

const release = () => void releaseMemory().catch((error: unknown) => console.error('embedded store:', error));

async function start(options: WorkerOptions): Promise<{ address: Address; stop: () => Promise<void> }> {
  const state: { services?: Services } = {};
  const server = new WireServer(() => state.services);
  const address = await listen(server, options.socketPath);
  const storage = await openStorage(options, address, server);
  const cursors = new Cursors(options.maxCursors, options.cursorIdleMs, storage.slices);
  state.services = { storage, cursors, token: 'token' in address ? address.token : undefined };
  let disk: DiskState = 'roomy';
  let hasEnded = false;
  const watchDisk = async () => {
    await storage.lookAtDisk();
    if (hasEnded || storage.disk === disk) return;
    disk = storage.disk;
    report({ kind: 'disk', state: disk });
  };
  const timers = [
    setInterval(() => cursors.sweep(), Math.min(options.cursorIdleMs, 30_000)),
    repeat(options.ttlIntervalMs, () => expire(storage)),
    repeat(PURGE_MS, () => purge(storage)),
    repeat(DISK_MS, watchDisk),
  ];
  const stop = async () => {
    hasEnded = true;
    timers.forEach(clearInterval);
    await server.close();
    cursors.closeAll();
    await storage.close();
    if (options.temporaryDir) rmSync(options.temporaryDir, { recursive: true, force: true });
  };
  return { address, stop };
}

/** Run again and again, never twice at once. What fails (a full disk) is tried again at the next turn. */
function repeat(ms: number, job: () => Promise<unknown>): NodeJS.Timeout {
  let running = false;
  return setInterval(() => {
    if (running) return;
    running = true;
    job()
      .catch((error: unknown) => {
        // a pass that meets the end of the store goes on at the next start
        if (!(error instanceof CommandError && error.code === SHUTTING_DOWN)) console.error('embedded store:', error);
      })
      .finally(() => (running = false));
  }, ms);
}

async function listen(server: WireServer, socketPath: string | undefined): Promise<Address> {
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    if (socketPath) server.server.listen(socketPath, resolve);
    else server.server.listen(0, '127.0.0.1', resolve);
  });
  if (socketPath) return { path: socketPath };
  return { port: (server.server.address() as AddressInfo).port, token: randomBytes(16).toString('hex') };
}

async function openStorage(options: WorkerOptions, address: Address, server: WireServer): Promise<Storage> {
  const reserve = new Reserve(options.dir, options.reserveBytes);
  try {
    await demandOwner(options.dir);
    await reserve.spare(() => claim(options.dir, address));
    demandStore(options.dir);
    return await reserve.spare(() => Storage.open(storeFile(options.dir), reserve));
  } catch (error) {
    await server.close();
    if (options.temporaryDir) rmSync(options.temporaryDir, { recursive: true, force: true });
    throw error;
  }
}

let stop: (() => Promise<void>) | undefined;

async function open(options: WorkerOptions): Promise<void> {
  try {
    const { address, ...opened } = await start(options);
    stop = opened.stop;
    report({ kind: 'listening', ...('port' in address && { port: address.port }) });
  } catch (error) {
    const code = error instanceof EmbeddedStoreError ? error.code : 'start_failed';
    report({ kind: 'failed', code, message: error instanceof Error ? error.message : String(error) });
    port?.close();
  }
}

port.on('message', (message: OwnerMessage) => {
  if (message === 'end') port.close();
  else if (message === 'release') release();
  else if (message === 'close') void stop?.().then(() => report({ kind: 'closed' }));
  else void open(message.open);
});
