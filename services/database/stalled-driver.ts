/**
 * Connects anew where the driver has stopped to look for the server. Its checks waited for ever if a connection was cut at the moment
 * in which they wrote to it (cut-connections.ts ends such waits). The server stays unknown then, and every request is answered 503,
 * however long the database has been back: too bad a state to rely on one known cause.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import type { Log } from '../site/log.js';

/** Milliseconds between two looks, and looks at one and the same check after which it has stalled: ten times what it may take. */
const LOOK_MS = 3_000;
const LOOKS = 5;
const RETRY_MS = 1_000;

/**
 * Watch the checks of a connected client, whose `connectTimeoutMS` is far below the time of the looks.
 * @param signal ends it. @param lookMs shorter for tests.
 */
export function watchChecks(client: mongo.MongoClient, log: Log, signal: AbortSignal, lookMs = LOOK_MS): void {
  let isUnderWay = false;
  let looks = 0;
  client.on('serverHeartbeatStarted', () => {
    isUnderWay = true;
    looks = 0;
  });
  for (const event of ['serverHeartbeatSucceeded', 'serverHeartbeatFailed'] as const)
    client.on(event, () => (isUnderWay = false));

  const look = () => {
    if (!isUnderWay || ++looks < LOOKS) return;
    isUnderWay = false;
    log.error('the driver has stopped to look for the database; connecting anew');
    void connectAnew(client, signal);
  };
  const timer = setInterval(look, lookMs).unref();
  signal.addEventListener('abort', () => clearInterval(timer));
}

/** The same client stays: models and sessions hold on to it. */
async function connectAnew(client: mongo.MongoClient, signal: AbortSignal): Promise<void> {
  await client.close().catch(() => undefined);
  while (!signal.aborted) {
    const isConnected = await client.connect().then(
      () => true,
      () => false, // the database is away; the site says 503 meanwhile
    );
    if (isConnected) return;
    await wait(RETRY_MS, undefined, { ref: false });
  }
}
