// How much there is, and what was done: serverStatus, collStats, dbStats, and the $collStats stage with which mongosh asks.
import type { EncodableDoc } from '../bson/encode.js';
import { Int32, integer, isDoc, isNum, toNumber, type Doc, type Value } from '../bson/values.js';
import type { Collection } from '../storage/collection.js';
import { opcounters } from '../counters.js';
import { CommandError, notImplemented } from '../errors.js';
import { stageOf } from '../pipeline/pipeline.js';
import { totals } from '../scan/counters.js';
import type { View } from '../storage/view.js';
import { collectionName, type Context } from './context.js';
import { checkKnown } from './fields.js';
import { VERSION } from './handshake.js';
import { docOf, reply } from './reply.js';

export function serverStatus({ storage, cursors }: Context): EncodableDoc {
  return reply({
    host: 'embedded',
    version: VERSION,
    process: 'mongoose-embedded-store',
    pid: BigInt(process.pid),
    uptime: process.uptime(),
    localTime: new Date(),
    opcounters: numbers(opcounters),
    metrics: docOf({
      cursor: docOf({ open: numbers({ total: cursors.size }) }),
      queryExecutor: numbers({ scanned: totals.keys, scannedObjects: totals.docs }),
    }),
    storageEngine: docOf({ name: 'lmdb', persistent: true }),
    embedded: numbers({
      commits: storage.stats.commits,
      writeCommands: storage.stats.jobs,
      readers: storage.readers,
      toErase: storage.snapshot.catalog.toPurge.length,
    }),
  });
}

const numbers = (values: object): EncodableDoc =>
  docOf(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, integer(value as number)])));

export function collStats(context: Context): EncodableDoc {
  const name = collectionName(context);
  const found = context.storage.snapshot.catalog.get(context.db, name);
  return reply({ ns: `${context.db}.${name}`, ...sizes(found, scaleOf(context.command)) });
}

function sizes(collection: Collection | undefined, scale: number): Record<string, Value> {
  const { bytes = 0, count = 0, indexes = [] } = collection ?? {};
  return {
    size: integer(Math.floor(bytes / scale)),
    count: integer(count),
    avgObjSize: count ? integer(Math.round(bytes / count)) : undefined,
    nindexes: new Int32(indexes.length),
    capped: false,
    scaleFactor: integer(scale),
  };
}

export function dbStats(context: Context): EncodableDoc {
  const scale = scaleOf(context.command);
  const own = context.storage.snapshot.catalog.list().filter(({ db }) => db === context.db);
  const sum = (pick: (collection: Collection) => number) => own.reduce((total, one) => total + pick(one), 0);
  return reply({
    db: context.db,
    collections: integer(own.length),
    views: new Int32(0),
    objects: integer(sum(({ count }) => count)),
    dataSize: integer(Math.floor(sum(({ bytes }) => bytes) / scale)),
    indexes: integer(sum(({ indexes }) => indexes.length)),
    scaleFactor: integer(scale),
  });
}

/** The unit of sizes, in bytes. */
function scaleOf(source: Doc): number {
  const value = source.get('scale');
  if (value === undefined || value === null) return 1;
  const scale = isNum(value) ? Math.trunc(toNumber(value) ?? 0) : 0;
  if (!(scale >= 1)) throw new CommandError(51024, `BSON field 'scale' value must be >= 1, actual value '${scale}'`);
  return scale;
}

/** The answer to a pipeline of `{ $collStats: { storageStats: { scale } } }` alone; undefined for any other. */
export function statsStage({ command, db }: Context, view: View, name: string): Doc | undefined {
  const stages = command.get('pipeline');
  const [stage] = Array.isArray(stages) && stages.length === 1 ? stages : [];
  const [kind, operand] = stage === undefined ? [] : stageOf(stage);
  if (kind !== '$collStats') return undefined;
  const asked = isDoc(operand) ? operand.get('storageStats') : undefined;
  if (!isDoc(operand) || operand.size !== 1 || !isDoc(asked))
    throw notImplemented('$collStats of anything but storageStats');
  checkKnown(asked, '$collStats.storageStats', { known: ['scale'] });
  const collection = view.catalog.get(db, name);
  if (!collection) throw new CommandError('NamespaceNotFound', `Collection [${db}.${name}] not found.`);
  return new Map<string, Value>([
    ['ns', `${db}.${name}`],
    ['host', 'embedded'],
    ['localTime', new Date()],
    ['storageStats', new Map(Object.entries(sizes(collection, scaleOf(asked))))],
  ]);
}
