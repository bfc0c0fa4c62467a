// insert: documents are stored as the bytes that came.
import { RawDoc } from '../bson/decode.js';
import { encodeStored, type EncodableDoc } from '../bson/encode.js';
import { integer, ObjectId, Timestamp, type Doc, type Value } from '../bson/values.js';
import { checkStorable, insert as insertOne } from '../storage/documents.js';
import { attempt, checkBatch, eachStatement, writeReply } from './batch.js';
import { collectionName, type Context } from './context.js';

export function insert(context: Context): Promise<EncodableDoc> {
  const name = collectionName(context);
  const docs = context.raw.get('documents') ?? [];
  checkBatch(docs.length);
  const prepared = docs.map((raw) => attempt(() => withId(raw)));
  return context.storage.write((view) => {
    let n = 0;
    const { errors } = eachStatement(context, prepared, (raw) => {
      insertOne(view, context.db, name, raw.bytes, raw.doc);
      n++;
      return true;
    });
    return writeReply({ n: integer(n) }, errors);
  });
}

/** `_id` first, made if it is not there. Otherwise the bytes stay as they came. */
function withId(raw: RawDoc): RawDoc {
  const { doc } = raw;
  checkStorable(doc);
  const stamped = withTimestamps(doc);
  if (doc.keys().next().value === '_id' && stamped === doc) return raw;
  return new RawDoc(encodeStored(idFirst(stamped)));
}

/** A document with its `_id` in the first place; a new one if it has none. */
export function idFirst(doc: Doc): Doc {
  const id = doc.has('_id') ? doc.get('_id') : new ObjectId();
  return new Map<string, Value>([['_id', id], ...[...doc].filter(([name]) => name !== '_id')]);
}

let stamps = 0;

/** An empty timestamp at the top of a document that is stored whole stands for the present one. */
export function withTimestamps(doc: Doc): Doc {
  const empty = [...doc].filter(
    ([name, value]) => name !== '_id' && value instanceof Timestamp && value.t === 0 && value.i === 0,
  );
  if (empty.length === 0) return doc;
  const out = new Map(doc);
  for (const [name] of empty) out.set(name, new Timestamp({ t: Math.floor(Date.now() / 1000), i: ++stamps }));
  return out;
}
