// One document in, changed or out, together with all its index entries. All checks come before the first write, so that a
// refused document leaves no trace in the transaction.
import { decode } from '../bson/decode.js';
import { BSONRegExp, isDoc, typeName, type Doc, type Value } from '../bson/values.js';
import type { Collection } from './collection.js';
import { namespaceOf } from './collection.js';
import { CommandError } from '../errors.js';
import { Damage } from '../file/damage.js';
import { sealed, unsealedDocument } from './checksum.js';
import { entryOf, formatKey, type Index } from './index-definition.js';
import { keysOf, type Keys } from './index-keys.js';
import { docKey, docRange, indexKey, recordAt } from './layout.js';
import type { View, WriteView } from './view.js';

/** MongoDB's limit for one document, in bytes. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

export interface Stored {
  readonly record: number;
  readonly bytes: Buffer;
  readonly doc: Doc;
}

export function read(view: View, collection: Collection, record: number): Stored | undefined {
  const bytes = readBytes(view, collection, record);
  return bytes && { record, bytes, doc: decode(bytes) };
}

/** A document's bytes. Throws InvalidBSON, with the collection's name, if they are not those that were stored. */
export function readBytes(view: View, collection: Collection, record: number): Buffer | undefined {
  const key = docKey(collection.id, record);
  const stored = view.get(key);
  return stored && opened(collection, key, stored);
}

/**
 * All documents of a collection in the order of their records. Throws InvalidBSON, with the collection's name, for one that is not
 * what was stored, and at the end if there are more or fewer than the catalog counts.
 */
export function* scan(view: View, collection: Collection): Generator<{ record: number; bytes: Buffer }> {
  let n = 0;
  for (const { key, value } of view.entries(docRange(collection.id))) {
    n++;
    yield { record: recordAt(key), bytes: opened(collection, key, value) };
  }
  if (n !== collection.count) throw damaged(collection, `it has ${n} documents where ${collection.count} were stored`);
}

/** Documents with record numbers from one up to another, exclusive. */
export function* between(view: View, collection: Collection, from: number, until: number): Generator<Stored> {
  const range = { start: docKey(collection.id, from), end: docKey(collection.id, until) };
  for (const { key, value } of view.entries(range)) {
    const bytes = Buffer.from(opened(collection, key, value));
    yield { record: recordAt(key), bytes, doc: decode(bytes) };
  }
}

function opened(collection: Collection, key: Buffer, stored: Buffer): Buffer {
  try {
    return unsealedDocument(key, stored);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    throw damaged(collection, `document ${recordAt(key)}: ${error.message}`);
  }
}

/** The refusal of a read that met something else than what was stored. */
export const damaged = (collection: Collection, why: string): CommandError =>
  new CommandError('InvalidBSON', `the collection ${namespaceOf(collection)} is damaged: ${why}`);

interface Change {
  readonly index: Index;
  readonly add: Buffer[];
  readonly remove: Buffer[];
}

/** Add a document whose `_id` is there and first. Throws DuplicateKey, KeyTooLong, BSONObjectTooLarge. */
export function insert(view: WriteView, db: string, name: string, bytes: Buffer, doc: Doc): void {
  checkSize(bytes);
  const draft = view.catalog.draft(db, name);
  const record = draft.nextRecord;
  const changes = kept(draft).map((index) => diff(view, draft, index, undefined, keysOf(index, doc), record));
  draft.nextRecord++;
  draft.count++;
  draft.bytes += bytes.length;
  apply(view, changes, record);
  putDocument(view, docKey(draft.id, record), bytes);
}

/** Put `doc`, encoded as `bytes`, in the place of `old`. Throws as insert does; `_id` must not have changed. */
export function replace(view: WriteView, db: string, name: string, old: Stored, doc: Doc, bytes: Buffer): void {
  checkSize(bytes);
  const draft = view.catalog.draft(db, name);
  const changes = kept(draft).map((index) =>
    diff(view, draft, index, keysOf(index, old.doc), keysOf(index, doc), old.record),
  );
  draft.bytes += bytes.length - old.bytes.length;
  apply(view, changes, old.record);
  putDocument(view, docKey(draft.id, old.record), bytes);
}

export function remove(view: WriteView, db: string, name: string, old: Stored): void {
  const draft = view.catalog.draft(db, name);
  draft.count--;
  draft.bytes -= old.bytes.length;
  for (const index of kept(draft))
    for (const key of keysOf(index, old.doc).bytes) view.remove(entryKey(index, key, old.record));
  view.remove(docKey(draft.id, old.record));
}

/** The indexes that a write keeps up. */
const kept = ({ indexes, building }: Collection): readonly Index[] => [...indexes, ...building];

/** Index the documents that are already there. */
export function buildIndex(view: WriteView, draft: Collection, index: Index, stored: Iterable<Stored>): void {
  for (const { record, doc } of stored)
    apply(view, [diff(view, draft, index, undefined, keysOf(index, doc), record)], record);
}

const putDocument = (view: WriteView, key: Buffer, bytes: Buffer) => view.put(key, sealed(key, bytes));

function checkSize(bytes: Buffer): void {
  if (bytes.length > MAX_DOCUMENT_BYTES)
    throw new CommandError(
      'BSONObjectTooLarge',
      `BSONObj size: ${bytes.length} is invalid. Size must be between 0 and ${MAX_DOCUMENT_BYTES}(16MB)`,
    );
}

const entryKey = (index: Index, key: Buffer, record: number) => entryOf(index, key, record)[0];

function diff(
  view: WriteView,
  draft: Collection,
  index: Index,
  before: Keys | undefined,
  after: Keys,
  record: number,
): Change {
  const old = before?.bytes ?? [];
  const add = after.bytes.filter((key) => !old.some((other) => other.equals(key)));
  const gone = old.filter((key) => !after.bytes.some((other) => other.equals(key)));
  if (index.unique) for (const key of add) checkUnique(view, draft, index, after, key, record);
  noteMultikey(view, draft, index, after);
  return { index, add, remove: gone };
}

function checkUnique(view: View, draft: Collection, index: Index, keys: Keys, key: Buffer, record: number): void {
  const taken = view.get(indexKey(index.id, key));
  if (!taken || recordAt(taken) === record) return;
  const values = keys.values[keys.bytes.indexOf(key)] ?? [];
  const keyValue: Doc = new Map(index.fields.map(({ path }, i): [string, Value] => [path, values[i] ?? null]));
  throw new CommandError(
    'DuplicateKey',
    `E11000 duplicate key error collection: ${namespaceOf(draft)} index: ${index.name} dup key: ${formatKey(index, values)}`,
    new Map<string, Value>([
      ['keyPattern', index.spec.get('key')],
      ['keyValue', keyValue],
    ]),
  );
}

function noteMultikey(view: WriteView, draft: Collection, index: Index, keys: Keys): void {
  if (!keys.multikey.some((flag, i) => flag && !index.multikey[i])) return;
  const target = view.catalog.draft(draft.db, draft.name);
  const noted = (other: Index): Index =>
    other.id === index.id
      ? { ...other, multikey: other.multikey.map((flag, i) => flag || keys.multikey[i] === true) }
      : other;
  target.indexes = target.indexes.map(noted);
  target.building = target.building.map(noted);
  view.catalog.reshape(target);
}

function apply(view: WriteView, changes: readonly Change[], record: number): void {
  for (const { index, add, remove: gone } of changes) {
    for (const key of gone) view.remove(entryKey(index, key, record));
    for (const key of add) view.put(...entryOf(index, key, record));
  }
}

/** Stored documents have plain field names: MongoDB 5+ would store `$a`, but no operator can reach it. */
export function checkStorable(doc: Doc): void {
  for (const name of doc.keys())
    if (name.startsWith('$'))
      throw new CommandError(
        'DollarPrefixedFieldName',
        `The dollar ($) prefixed field '${name}' in '${name}' is not valid for storage.`,
      );
  const id = doc.get('_id');
  if (Array.isArray(id) || id instanceof BSONRegExp)
    throw new CommandError('InvalidIdField', `The '_id' value cannot be of type ${typeName(id)}`);
  if (isDoc(id) && [...id.keys()].some((name) => name.startsWith('$')))
    throw new CommandError('DollarPrefixedFieldName', `_id fields may not contain '$'-prefixed fields`);
}
