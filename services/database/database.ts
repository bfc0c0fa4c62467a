/**
 * The database connection: to MONGO_URL, or to the embedded store in DATA_DIR. The site listens before it is there;
 * until then pages answer 503. A database that does not answer is asked again for as long as it takes; one that refuses what the
 * site needs (rights, an index, a setting) is not.
 */
import { setTimeout as wait } from 'node:timers/promises';
import mongoose, { STATES, type Connection, type mongo } from 'mongoose';
import { type DiskState, startEmbeddedStore } from 'mongoose-embedded-store';
import { createModels, type Models } from '../../schemas/models.js';
import type { Config } from '../site/config.js';
import { endWritesWithConnections } from './cut-connections.js';
import { type DatabaseRefusal, refusalOf } from './database-refusal.js';
import type { Log } from '../site/log.js';
import { watchChecks } from './stalled-driver.js';
import { until } from '../work/until.js';

const RETRY_MS = 1_000;
/** Milliseconds without an operation after which none is expected to follow from an earlier one. */
const QUIET_MS = 30;
/** How long a ping keeps others from being sent. */
const PING_MS = 15_000;
/** How long a ping is waited for: the driver would wait for the whole socket timeout. */
const ANSWER_MS = 2_000;
const CONNECT = {
  maxPoolSize: 20,
  writeConcern: { w: 'majority', j: true },
  readPreference: 'primary',
} as const;
/**
 * Times for a database behind a network, in milliseconds: no request waits five seconds for one that does not answer.
 * The driver checks it every second. After 1.5 s of silence, in-flight operations and server selection fail.
 */
const DISTANT = {
  heartbeatFrequencyMS: 1_000,
  connectTimeoutMS: 1_500,
  serverSelectionTimeoutMS: 1_500,
  waitQueueTimeoutMS: 5_000,
  socketTimeoutMS: 5_000,
} as const;
/** Times for the embedded store: it is slow only when the whole machine is, and reconnecting would make that worse. */
const EMBEDDED = { serverSelectionTimeoutMS: 5_000, socketTimeoutMS: 20_000 } as const;
const ORM = {
  sanitizeFilter: true,
  strictQuery: 'throw',
  autoIndex: false,
  autoCreate: false,
  bufferTimeoutMS: 3_000,
} as const;

const ON_DISK: Record<DiskState, string> = {
  roomy: 'there is room on the disk again',
  reserve:
    'the disk is full, or nearly: pictures are refused, texts go on from what STORE_RESERVE_BYTES kept. Make room',
  full: 'the disk is full, and the reserve is used up: nothing can be stored until there is room',
};

export interface Database {
  /** Its connection string; the embedded store's when that is used. */
  url: string;
  connection: Connection;
  /** The models of all collections. */
  models: Models;
  /** Whether it is the embedded store, which no other node can use. */
  exclusive: boolean;
  /** Resolves once it is connected for the first time and every index exists. */
  ready: Promise<void>;
  /** Whether it answers a ping within two seconds. */
  answers(): Promise<boolean>;
  /** Room on the disk of the embedded store; of another database it is not known, and counts as `roomy`. */
  disk(): DiskState;
  /** Wait until no operation is under way and none follows: for a calm end. @param ms milliseconds at the most. */
  quiet(ms: number): Promise<boolean>;
  /** Let the embedded store give back memory that a busy time needed: it stops for some 20 ms. Nothing for another database. */
  releaseMemory(): void;
  /** Rejects when the embedded store ends by itself, or with DatabaseRefusal: nothing can be stored. */
  lost: Promise<void>;
  /** Close the connection, and the embedded store. */
  close(): Promise<void>;
}

/** All indexes of a collection that are missing, in one question; Mongoose would ask for each. */
async function createIndexes({ schema, collection }: Models[keyof Models]): Promise<void> {
  const indexes = schema.indexes().map(([key, options]) => ({ ...options, key }) as mongo.IndexDescription);
  if (indexes.length === 0) return;
  await collection.createIndexes(indexes).catch((error: unknown) => {
    throw refusalOf(`the indexes of "${collection.name}"`, error) ?? error;
  });
}

/** Count the operations of a client. @returns whether there was none for a moment. */
function watchOperations(client: mongo.MongoClient): () => boolean {
  let underWay = 0;
  let endedAt = -Infinity;
  const end = () => {
    underWay--;
    endedAt = performance.now();
  };
  client.on('connectionCheckOutStarted', () => underWay++);
  client.on('connectionCheckOutFailed', end).on('connectionCheckedIn', end);
  return () => underWay === 0 && performance.now() - endedAt > QUIET_MS;
}

/** Whether there is a connection at this moment. Sends nothing. */
export const isConnected = (connection: Connection): boolean => connection.readyState === STATES.connected;

/** Begin to connect. @throws EmbeddedStoreError when another process uses DATA_DIR. */
export async function openDatabase(config: Config, log: Log): Promise<Database> {
  let disk: DiskState = 'roomy';
  const onDisk = (state: DiskState) => {
    disk = state;
    if (state === 'roomy') log.info(ON_DISK[state]);
    else log.error(`${config.dataDir}: ${ON_DISK[state]}`);
  };
  const { dataDir: dir, storeReserveBytes: reserveBytes } = config;
  const store =
    config.mongoUrl === null ? await startEmbeddedStore({ dir, database: 'gifchat', reserveBytes, onDisk }) : null;
  const url = config.mongoUrl ?? store?.url ?? '';
  endWritesWithConnections();
  // The schemas' own Mongoose: another one would copy every schema (9 ms a start).
  mongoose.set(ORM);
  const connection = mongoose.createConnection();
  const models = createModels(connection);
  const closing = new AbortController();

  let isQuiet = () => true;
  let refuse: (why: DatabaseRefusal) => void = () => undefined;
  const refused = new Promise<never>((_resolve, reject) => (refuse = reject));
  async function connect(): Promise<void> {
    for (let tries = 0; !closing.signal.aborted; tries++) {
      try {
        await connection.openUri(url, { ...CONNECT, ...(store ? EMBEDDED : DISTANT) });
        isQuiet = watchOperations(connection.getClient());
        await Promise.all(Object.values(models).map(createIndexes));
        if (!store) watchChecks(connection.getClient(), log, closing.signal);
        return;
      } catch (error) {
        const refusal = refusalOf('the connection', error);
        if (refusal) {
          refuse(refusal);
          return new Promise(() => undefined); // it is never ready
        }
        if (tries === 0) log.error({ err: error }, 'the database does not answer; retrying until it does');
        await connection.close().catch(() => undefined);
        await wait(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  // One ping at a time, however many callers: while the database is silent they must not use up the pool.
  let pinging: Promise<boolean> | undefined;
  function ping(): Promise<boolean> {
    const answered = () =>
      Promise.resolve(connection.db?.command({ ping: 1 })).then(
        (answer) => answer !== undefined,
        () => false,
      );
    pinging ??= Promise.race([answered(), wait(PING_MS, false, { ref: false })]).finally(() => (pinging = undefined));
    return pinging;
  }

  const ready = connect();
  const lost = Promise.race([refused, store?.ended ?? new Promise<never>(() => undefined)]);
  lost.catch(() => undefined); // whoever starts the site looks at it, or does not start it
  return {
    url,
    connection,
    models,
    exclusive: store !== null,
    ready,
    lost,
    async answers() {
      if (!isConnected(connection)) return false;
      return Promise.race([ping(), wait(ANSWER_MS, false, { ref: false })]);
    },
    disk: () => disk,
    releaseMemory: () => store?.releaseMemory(),
    quiet: (ms) => until(() => isQuiet(), ms),
    async close() {
      closing.abort();
      await connection.destroy();
      await store?.close();
    },
  };
}
