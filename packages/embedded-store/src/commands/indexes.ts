// createIndexes, listIndexes, dropIndexes.
import { encode, type Encodable, type EncodableDoc } from '../bson/encode.js';
import { decode, RawDoc } from '../bson/decode.js';
import { equal } from '../bson/compare.js';
import { Int32, isDoc, type Doc, type Value } from '../bson/values.js';
import { indexByName, type Collection } from '../storage/collection.js';
import { FIRST_BATCH } from '../cursors.js';
import { buildIndex, scan } from '../storage/documents.js';
import { CommandError } from '../errors.js';
import { format } from '../format.js';
import { parseIndex, samePattern, type Index } from '../storage/index-definition.js';
import type { View, WriteView } from '../storage/view.js';
import { collectionName, countField, docOrEmpty, type Context } from './context.js';

export function createIndexes(context: Context): Promise<EncodableDoc> {
  const name = collectionName(context);
  const specs = context.command.get('indexes');
  if (!Array.isArray(specs) || specs.length === 0)
    throw new CommandError('BadValue', 'Must specify at least one index to create');
  for (const spec of specs) {
    if (!isDoc(spec)) throw new CommandError('TypeMismatch', 'The elements of the indexes array must be objects');
    parseIndex(spec, 0);
  }
  return context.storage.write((view) => {
    const created = !view.catalog.get(context.db, name);
    const existing = view.catalog.draft(context.db, name).indexes;
    const before = existing.length;
    try {
      for (const spec of specs) addIndex(view, context.db, name, spec as Doc);
    } catch (error) {
      // all of them or none
      const draft = view.catalog.draft(context.db, name);
      const known = new Set(existing.map(({ id }) => id));
      for (const { id } of draft.indexes) if (!known.has(id)) view.catalog.purge(id);
      draft.indexes = draft.indexes.filter(({ id }) => known.has(id));
      throw error;
    }
    const after = view.catalog.draft(context.db, name).indexes.length;
    return new Map<string, Encodable>([
      ['numIndexesBefore', new Int32(before)],
      ['numIndexesAfter', new Int32(after)],
      ['createdCollectionAutomatically', created],
      ...(after === before ? [['note', 'all indexes already exist'] as [string, Encodable]] : []),
      ['ok', 1],
    ]);
  });
}

function addIndex(view: WriteView, db: string, name: string, spec: Doc): void {
  const draft = view.catalog.draft(db, name);
  const index = parseIndex(spec, view.catalog.takeId());
  if (alreadyThere(draft, index)) return;
  if (draft.indexes.length >= 64)
    throw new CommandError('CannotCreateIndex', 'add index fails, too many indexes for collection');
  draft.indexes = [...draft.indexes, index];
  view.catalog.reshape(draft);
  buildIndex(view, draft, index, everything(view, draft));
}

function* everything(view: View, collection: Collection) {
  for (const { record, bytes } of scan(view, collection)) {
    const own = Buffer.from(bytes);
    yield { record, bytes: own, doc: decode(own) };
  }
}

function alreadyThere(collection: Collection, index: Index): boolean {
  const key = index.spec.get('key') as Doc;
  const partial = index.spec.get('partialFilterExpression');
  for (const other of collection.indexes) {
    const own = samePattern(other.spec.get('key') as Doc, key);
    if (own && other.name === '_id_') return true;
    // what distinguishes two indexes, whatever their names; all else is an option
    const same =
      own &&
      equal(other.spec.get('partialFilterExpression') ?? null, partial ?? null) &&
      other.unique === index.unique &&
      other.sparse === index.sparse;
    const sameOptions = other.expireAfterSeconds === index.expireAfterSeconds;
    if (other.name === index.name) {
      if (same && sameOptions) return true;
      throw same
        ? new CommandError(
            'IndexOptionsConflict',
            `An equivalent index already exists with the same name but different options. Requested index: ${format(index.spec)}, existing index: ${format(other.spec)}`,
          )
        : new CommandError(
            'IndexKeySpecsConflict',
            `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${format(index.spec)}, existing index: ${format(other.spec)}`,
          );
    }
    if (!same) continue;
    throw new CommandError(
      'IndexOptionsConflict',
      sameOptions
        ? `Index already exists with a different name: ${other.name}`
        : `An equivalent index already exists with a different name and options. Requested index: ${format(index.spec)}, existing index: ${format(other.spec)}`,
    );
  }
  return false;
}

export function listIndexes(context: Context): Promise<EncodableDoc> {
  const name = collectionName(context);
  const collection = context.storage.snapshot.catalog.get(context.db, name);
  if (!collection) throw new CommandError('NamespaceNotFound', `ns does not exist: ${context.db}.${name}`);
  const size = countField(docOrEmpty(context.command, 'cursor'), 'batchSize') ?? FIRST_BATCH;
  const specs = collection.indexes.map(({ spec }) => new RawDoc(encode(spec)));
  return context.cursors.list(`${context.db}.${name}`, specs, size);
}

export function dropIndexes(context: Context): Promise<EncodableDoc> {
  const name = collectionName(context);
  const wanted = context.command.get('index');
  return context.storage.write((view) => {
    const existing = view.catalog.get(context.db, name);
    if (!existing) throw new CommandError('NamespaceNotFound', `ns not found ${context.db}.${name}`);
    const gone = chosen(existing, wanted);
    const draft = view.catalog.draft(context.db, name);
    const before = draft.indexes.length;
    draft.indexes = draft.indexes.filter((index) => !gone.includes(index));
    view.catalog.reshape(draft);
    for (const index of gone) view.catalog.purge(index.id);
    return new Map<string, Encodable>([
      ['nIndexesWas', new Int32(before)],
      ['ok', 1],
    ]);
  });
}

function chosen(collection: Collection, wanted: Value): Index[] {
  if (wanted === '*') return collection.indexes.filter(({ name }) => name !== '_id_');
  if (Array.isArray(wanted)) return wanted.flatMap((one) => chosen(collection, one));
  const alike = isDoc(wanted)
    ? collection.indexes.filter((index) => samePattern(index.spec.get('key') as Doc, wanted))
    : [];
  if (alike.length > 1)
    throw new CommandError(
      'AmbiguousIndexKeyPattern',
      `${alike.length} indexes found for key: ${format(wanted)}, identify by name instead. Conflicting indexes: ${alike.map(({ spec }) => format(spec)).join(', ')}`,
    );
  const found = isDoc(wanted) ? alike[0] : typeof wanted === 'string' ? indexByName(collection, wanted) : undefined;
  if (!found)
    throw new CommandError(
      'IndexNotFound',
      isDoc(wanted)
        ? `can't find index with key: ${format(wanted)}`
        : `index not found with name [${format(wanted).replaceAll('"', '')}]`,
    );
  if (found.name === '_id_') throw new CommandError('InvalidOptions', 'cannot drop _id index');
  return [found];
}
