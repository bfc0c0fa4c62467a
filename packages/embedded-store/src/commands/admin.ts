// The handshake, and the commands about databases and collections.
import { opcounters, type Opcounters } from '../counters.js';
import { type Encodable, type EncodableDoc } from '../bson/encode.js';
import { Int32, integer, type Doc, type Value } from '../bson/values.js';
import { FIRST_BATCH } from '../cursors.js';
import { CommandError } from '../errors.js';
import { matches, parseFilter } from '../match.js';
import { totals } from '../scan.js';
import { namespaceOf, type Collection } from '../catalog.js';
import { MAX_DOCUMENT_BYTES } from '../documents.js';
import { MAX_MESSAGE_BYTES } from '../wire.js';
import { MAX_BATCH } from './write.js';
import { collectionName, countField, docField, flag, only, refuse, type Context } from './context.js';

/** The server release whose wire protocol and command shapes we keep to. */
const VERSION = [6, 0, 0, 0];
const MAX_WIRE_VERSION = 17;

const reply = (fields: Record<string, Encodable>): EncodableDoc =>
  new Map<string, Encodable>([...Object.entries(fields).filter(([, value]) => value !== undefined), ['ok', 1]]);

export function hello(context: Context): EncodableDoc {
  const [name = ''] = context.command.keys();
  return reply({
    helloOk: true,
    [name === 'hello' ? 'isWritablePrimary' : 'ismaster']: true,
    maxBsonObjectSize: new Int32(MAX_DOCUMENT_BYTES),
    maxMessageSizeBytes: new Int32(MAX_MESSAGE_BYTES),
    maxWriteBatchSize: new Int32(MAX_BATCH),
    localTime: new Date(),
    logicalSessionTimeoutMinutes: new Int32(30),
    connectionId: new Int32(context.connectionId),
    minWireVersion: new Int32(0),
    maxWireVersion: new Int32(MAX_WIRE_VERSION),
    readOnly: false,
  });
}

export const ping = (context: Context): EncodableDoc => (only(context), reply({}));

export const token = (context: Context): EncodableDoc => reply({ token: context.token });

export const buildInfo = (): EncodableDoc =>
  reply({
    version: VERSION.slice(0, 3).join('.'),
    gitVersion: 'mongoose-embedded-store',
    modules: ['embedded'],
    sysInfo: 'deprecated',
    versionArray: VERSION.map((part) => new Int32(part)),
    bits: new Int32(64),
    debug: false,
    maxBsonObjectSize: new Int32(MAX_DOCUMENT_BYTES),
    storageEngines: ['lmdb'],
  });

export const nothing = (): EncodableDoc => reply({});

export const connectionStatus = (): EncodableDoc =>
  reply({
    authInfo: new Map<string, Encodable>([
      ['authenticatedUsers', []],
      ['authenticatedUserRoles', []],
    ]),
  });

export const getLog = (): EncodableDoc => reply({ totalLinesWritten: new Int32(0), log: [] });

export function getParameter(context: Context): EncodableDoc {
  const [, ...names] = [...context.command.keys()].filter((name) => !name.startsWith('$') && name !== 'lsid');
  const known: Record<string, Encodable> = { featureCompatibilityVersion: new Map([['version', '6.0']]) };
  const found = Object.fromEntries(names.filter((name) => name in known).map((name) => [name, known[name]]));
  if (Object.keys(found).length === 0) throw new CommandError('InvalidOptions', 'no option found to get');
  return reply(found);
}

export function serverStatus(context: Context): EncodableDoc {
  const { stats } = context.storage;
  return reply({
    host: 'embedded',
    version: VERSION.slice(0, 3).join('.'),
    process: 'mongoose-embedded-store',
    pid: BigInt(process.pid),
    uptime: process.uptime(),
    localTime: new Date(),
    opcounters: new Map(
      (Object.keys(opcounters) as (keyof Opcounters)[]).map((kind) => [kind, integer(opcounters[kind])]),
    ),
    metrics: new Map<string, Encodable>([
      ['cursor', new Map([['open', new Map([['total', integer(context.cursors.size)]])]])],
      [
        'queryExecutor',
        new Map([
          ['scanned', integer(totals.keys)],
          ['scannedObjects', integer(totals.docs)],
        ]),
      ],
    ]),
    storageEngine: new Map<string, Encodable>([
      ['name', 'lmdb'],
      ['persistent', true],
    ]),
    embedded: new Map<string, Encodable>([
      ['commits', integer(stats.commits)],
      ['writeCommands', integer(stats.jobs)],
      ['readers', integer(context.storage.readers)],
      ['toErase', integer(context.storage.snapshot.catalog.toPurge.length)],
    ]),
  });
}

export function listDatabases(context: Context): EncodableDoc {
  only(context, 'filter', 'nameOnly', 'authorizedDatabases');
  const sizes = new Map<string, number>();
  for (const { db, bytes } of context.storage.snapshot.catalog.list()) sizes.set(db, (sizes.get(db) ?? 0) + bytes);
  const filter = parseFilter(docField(context.command, 'filter') ?? new Map<string, Value>());
  const all = [...sizes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, size]): Doc =>
        new Map<string, Value>([
          ['name', name],
          ['sizeOnDisk', integer(size)],
          ['empty', size === 0],
        ]),
    )
    .filter((entry) => matches(filter, entry));
  const nameOnly = flag(context.command, 'nameOnly');
  return reply({
    databases: nameOnly ? all.map((entry) => new Map([['name', entry.get('name')]])) : all,
    ...(!nameOnly && { totalSize: integer([...sizes.values()].reduce((sum, size) => sum + size, 0)) }),
  });
}

export function listCollections(context: Context): EncodableDoc {
  only(context, 'filter', 'nameOnly', 'authorizedCollections', 'cursor');
  const filter = parseFilter(docField(context.command, 'filter') ?? new Map<string, Value>());
  const nameOnly = flag(context.command, 'nameOnly');
  const own = context.storage.snapshot.catalog.list().filter(({ db }) => db === context.db);
  const entries = own.map((collection) => describe(collection, nameOnly)).filter((entry) => matches(filter, entry));
  const size = countField(docField(context.command, 'cursor') ?? new Map<string, Value>(), 'batchSize') ?? FIRST_BATCH;
  return context.cursors.first(`${context.db}.$cmd.listCollections`, entries[Symbol.iterator](), () => undefined, size);
}

function describe(collection: Collection, nameOnly: boolean): Doc {
  const base: [string, Value][] = [
    ['name', collection.name],
    ['type', 'collection'],
  ];
  if (nameOnly) return new Map(base);
  return new Map<string, Value>([
    ...base,
    ['options', new Map<string, Value>()],
    [
      'info',
      new Map<string, Value>([
        ['readOnly', false],
        ['uuid', collection.uuid],
      ]),
    ],
    ['idIndex', collection.indexes[0]?.spec ?? null],
  ]);
}

/** Options of `create` that make another kind of collection than this store has. */
const OTHER_KINDS = [
  'capped',
  'size',
  'max',
  'timeseries',
  'expireAfterSeconds',
  'clusteredIndex',
  'validator',
  'validationLevel',
  'validationAction',
  'viewOn',
  'pipeline',
  'collation',
  'storageEngine',
  'indexOptionDefaults',
  'changeStreamPreAndPostImages',
  'idIndex',
  'encryptedFields',
  'temp',
];

export function create(context: Context): Promise<EncodableDoc> {
  only(context, ...OTHER_KINDS, 'autoIndexId');
  refuse(context, ...OTHER_KINDS);
  const name = collectionName(context);
  return context.storage.write((view) => {
    if (view.catalog.get(context.db, name))
      throw new CommandError('NamespaceExists', `Collection ${context.db}.${name} already exists.`);
    view.catalog.draft(context.db, name);
    return reply({});
  });
}

export function drop(context: Context): Promise<EncodableDoc> {
  only(context);
  const name = collectionName(context);
  return context.storage.write((view) => {
    const collection = view.catalog.get(context.db, name);
    if (!collection) throw new CommandError('NamespaceNotFound', 'ns not found');
    view.catalog.drop(collection);
    return reply({ nIndexesWas: new Int32(collection.indexes.length), ns: namespaceOf(collection) });
  });
}

export function dropDatabase(context: Context): Promise<EncodableDoc> {
  only(context);
  return context.storage.write((view) => {
    const own = view.catalog.list().filter(({ db }) => db === context.db);
    for (const collection of own) view.catalog.drop(collection);
    return reply({ dropped: own.length ? context.db : undefined });
  });
}

export function collStats(context: Context): EncodableDoc {
  only(context, 'scale');
  refuse(context, 'scale');
  const name = collectionName(context);
  const found = context.storage.snapshot.catalog.get(context.db, name);
  return reply({
    ns: `${context.db}.${name}`,
    size: integer(found?.bytes ?? 0),
    count: integer(found?.count ?? 0),
    avgObjSize: found?.count ? integer(Math.round(found.bytes / found.count)) : undefined,
    nindexes: new Int32(found?.indexes.length ?? 0),
    capped: false,
  });
}

export function dbStats(context: Context): EncodableDoc {
  only(context, 'scale', 'freeStorage');
  const own = context.storage.snapshot.catalog.list().filter(({ db }) => db === context.db);
  const sum = (pick: (collection: Collection) => number) => integer(own.reduce((total, one) => total + pick(one), 0));
  return reply({
    db: context.db,
    collections: integer(own.length),
    views: new Int32(0),
    objects: sum(({ count }) => count),
    dataSize: sum(({ bytes }) => bytes),
    indexes: sum(({ indexes }) => indexes.length),
  });
}
