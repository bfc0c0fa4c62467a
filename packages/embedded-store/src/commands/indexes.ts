// createIndexes, listIndexes, dropIndexes.
import { encode, type Encodable, type EncodableDoc } from '../bson/encode.js';
import { RawDoc } from '../bson/decode.js';
import { Int32, isDoc, type Doc, type Value } from '../bson/values.js';
import { indexByName, type Collection } from '../storage/collection.js';
import { FIRST_BATCH } from '../cursors.js';
import { CommandError } from '../errors.js';
import { format } from '../format.js';
import { parseIndex, samePattern, type Index } from '../storage/index-definition.js';
import { buildIndexes } from './build-indexes.js';
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
  return buildIndexes(context, name, specs as Doc[]);
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
