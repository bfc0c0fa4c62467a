/**
 * The database connection: MONGO_URL, or the embedded store under DATA_DIR. The site starts listening without waiting
 * for it; until it answers, pages say so with 503, and it is tried again for ever.
 */
import { setTimeout as patience } from 'node:timers/promises';
import { Mongoose, STATES, type Connection } from 'mongoose';
import { startEmbeddedStore } from 'mongoose-embedded-store';
import { createModels, type Models } from '../../schemas/models.js';
import type { Config } from './config.js';
import type { Log } from './log.js';

const RETRY_MS = 1_000;
/** The driver would wait for a whole question's time. */
const ANSWER_MS = 2_000;
const CONNECT = {
  maxPoolSize: 20,
  writeConcern: { w: 'majority', j: true },
  readPreference: 'primary',
} as const;
/**
 * A database behind a network may fall silent. Nobody waits five seconds for it (promises R26 and R27): the driver asks
 * it every second how it is; a second and a half without a word cuts every question under way, and as long it is
 * looked for.
 */
const DISTANT = {
  heartbeatFrequencyMS: 1_000,
  connectTimeoutMS: 1_500,
  serverSelectionTimeoutMS: 1_500,
  waitQueueTimeoutMS: 5_000,
  socketTimeoutMS: 5_000,
} as const;
/** The embedded store is silent only while the whole machine is: cutting it off would make that worse. */
const EMBEDDED = { serverSelectionTimeoutMS: 5_000, socketTimeoutMS: 20_000 } as const;

export interface Database {
  /** Where it is, as the driver wants it; the embedded store's own address when that serves. */
  url: string;
  connection: Connection;
  models: Models;
  /** True when the store is our own, so no other node can be using it. */
  exclusive: boolean;
  /** Resolves after the first connection, with every index in place. */
  ready: Promise<void>;
  /** Whether the database answers now. */
  answers(): Promise<boolean>;
  /** Rejects when the embedded store ends by itself: nothing can be stored any more. */
  lost: Promise<void>;
  close(): Promise<void>;
}

/** Whether there is a connection at this moment; asks nothing. */
export const isConnected = (connection: Connection): boolean => connection.readyState === STATES.connected;

/** @throws EmbeddedStoreError when another process owns DATA_DIR. */
export async function openDatabase(config: Config, log: Log): Promise<Database> {
  const store =
    config.mongoUrl === null ? await startEmbeddedStore({ dir: config.dataDir, database: 'gifchat' }) : null;
  const url = config.mongoUrl ?? store?.url ?? '';
  const orm = new Mongoose();
  orm.set({ sanitizeFilter: true, strictQuery: 'throw', autoIndex: false, autoCreate: false, bufferTimeoutMS: 3_000 });
  const connection = orm.createConnection();
  const models = createModels(connection);
  const closing = new AbortController();

  async function connect(): Promise<void> {
    for (let tries = 0; !closing.signal.aborted; tries++) {
      try {
        await connection.openUri(url, { ...CONNECT, ...(store ? EMBEDDED : DISTANT) });
        for (const model of Object.values(models)) await model.createIndexes();
        return;
      } catch (error) {
        if (tries === 0) log.error({ err: error }, 'the database does not answer; trying again until it does');
        await connection.close().catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  }

  // One question at a time, however many ask: while the database is silent they must not fill the pool.
  let asking: Promise<boolean> | undefined;
  function ping(): Promise<boolean> {
    asking ??= Promise.resolve(connection.db?.command({ ping: 1 }))
      .then(
        (answer) => answer !== undefined,
        () => false,
      )
      .finally(() => (asking = undefined));
    return asking;
  }

  const ready = connect();
  return {
    url,
    connection,
    models,
    exclusive: store !== null,
    ready,
    lost: store?.ended ?? new Promise(() => undefined),
    async answers() {
      if (!isConnected(connection)) return false;
      return Promise.race([ping(), patience(ANSWER_MS, false, { ref: false })]);
    },
    async close() {
      closing.abort();
      await connection.close();
      await store?.close();
    },
  };
}
