// Which databases and collections there are; making and dropping them.
import type { EncodableDoc } from '../bson/encode.js';
import { Int32, integer, type Doc, type Value } from '../bson/values.js';
import { namespaceOf, type Collection } from '../storage/collection.js';
import { FIRST_BATCH } from '../cursors.js';
import { CommandError } from '../errors.js';
import { matches } from '../query/match.js';
import { parseFilter } from '../query/filter.js';
import { collectionName, countField, docOrEmpty, flag, type Context } from './context.js';
import { reply } from './reply.js';

export function listDatabases(context: Context): EncodableDoc {
  const sizes = new Map<string, number>();
  for (const { db, bytes } of context.storage.snapshot.catalog.list()) sizes.set(db, (sizes.get(db) ?? 0) + bytes);
  const filter = parseFilter(docOrEmpty(context.command, 'filter'));
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
  if (flag(context.command, 'nameOnly'))
    return reply({ databases: all.map((entry) => new Map([['name', entry.get('name')]])) });
  return reply({ databases: all, totalSize: integer([...sizes.values()].reduce((sum, size) => sum + size, 0)) });
}

export function listCollections(context: Context): Promise<EncodableDoc> {
  const { command, db, storage, cursors } = context;
  const filter = parseFilter(docOrEmpty(command, 'filter'));
  const nameOnly = flag(command, 'nameOnly');
  const entries = storage.snapshot.catalog
    .list()
    .filter((collection) => collection.db === db)
    .map((collection) => describe(collection, nameOnly))
    .filter((entry) => matches(filter, entry));
  const size = countField(docOrEmpty(command, 'cursor'), 'batchSize') ?? FIRST_BATCH;
  return cursors.list(`${db}.$cmd.listCollections`, entries, size);
}

function describe(collection: Collection, nameOnly: boolean): Doc {
  const base: [string, Value][] = [
    ['name', collection.name],
    ['type', 'collection'],
  ];
  if (nameOnly) return new Map(base);
  const info: [string, Value][] = [
    ['readOnly', false],
    ['uuid', collection.uuid],
  ];
  return new Map<string, Value>([
    ...base,
    ['options', new Map<string, Value>()],
    ['info', new Map(info)],
    ['idIndex', collection.indexes[0]?.spec ?? null],
  ]);
}

export function create(context: Context): Promise<EncodableDoc> {
  const name = collectionName(context);
  return context.storage.write((view) => {
    if (view.catalog.get(context.db, name))
      throw new CommandError('NamespaceExists', `Collection ${context.db}.${name} already exists.`);
    view.catalog.draft(context.db, name);
    return reply();
  });
}

export function drop(context: Context): Promise<EncodableDoc> {
  const name = collectionName(context);
  return context.storage.write((view) => {
    const collection = view.catalog.get(context.db, name);
    if (!collection) throw new CommandError('NamespaceNotFound', 'ns not found');
    view.catalog.drop(collection);
    return reply({ nIndexesWas: new Int32(collection.indexes.length), ns: namespaceOf(collection) });
  });
}

export function dropDatabase(context: Context): Promise<EncodableDoc> {
  return context.storage.write((view) => {
    const own = view.catalog.list().filter(({ db }) => db === context.db);
    for (const collection of own) view.catalog.drop(collection);
    return reply({ dropped: own.length ? context.db : undefined });
  });
}
