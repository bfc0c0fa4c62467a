// find, getMore, killCursors.
import { RawDoc } from '../bson/decode.js';
import { encode, type Encodable, type EncodableDoc } from '../bson/encode.js';
import { typeName, type Value } from '../bson/values.js';
import { FIRST_BATCH } from '../cursors.js';
import { CommandError } from '../errors.js';
import { parseProjection } from '../query/projection.js';
import { run } from '../scan/run.js';
import type { View } from '../storage/view.js';
import { collectionName, countField, docOrEmpty, flag, type Context } from './context.js';
import { prepare } from './query.js';

export function find(context: Context): Promise<EncodableDoc> {
  const { command, db, cursors, storage, budget } = context;
  const name = collectionName(context);
  const batch = countField(command, 'batchSize') ?? FIRST_BATCH;
  const single = flag(command, 'singleBatch');
  return cursors.open(`${db}.${name}`, storage.snapshot, (view) => results(view, context, name), batch, {
    single,
    budget,
  });
}

function results(view: View, context: Context, name: string): Iterator<Encodable> {
  const { command, db, budget } = context;
  const { collection, query, plan } = prepare(view, db, name, command, budget);
  const projection = parseProjection(docOrEmpty(command, 'projection'));
  if (!collection || !plan) return [][Symbol.iterator]();
  const found = run(view, collection, plan, query, { keys: 0, docs: 0 });
  return (function* () {
    for (const stored of found) yield stored && new RawDoc(projection ? encode(projection(stored.doc)) : stored.bytes);
  })();
}

export function getMore(context: Context): Promise<EncodableDoc> {
  const id = context.command.get('getMore');
  const name = context.command.get('collection');
  if (typeof id !== 'bigint')
    throw new CommandError(
      'TypeMismatch',
      `BSON field 'getMore.getMore' is the wrong type '${typeName(id)}', expected type 'long'`,
    );
  if (typeof name !== 'string')
    throw new CommandError('TypeMismatch', "BSON field 'getMore.collection' must be a string");
  const size = countField(context.command, 'batchSize');
  return context.cursors.next(id, `${context.db}.${name}`, size ? size : Infinity);
}

export function killCursors(context: Context): EncodableDoc {
  const ids = context.command.get('cursors');
  if (!Array.isArray(ids)) throw new CommandError('TypeMismatch', "BSON field 'killCursors.cursors' must be an array");
  const killed: Value[] = [];
  const missing: Value[] = [];
  for (const id of ids) (typeof id === 'bigint' && context.cursors.kill(id) ? killed : missing).push(id);
  return new Map<string, Encodable>([
    ['cursorsKilled', killed],
    ['cursorsNotFound', missing],
    ['cursorsAlive', []],
    ['cursorsUnknown', []],
    ['ok', 1],
  ]);
}
