// count and distinct.
import { encodeValue } from '../bson/keys.js';
import type { Encodable, EncodableDoc } from '../bson/encode.js';
import { integer, isDoc, toNumber, type Value } from '../bson/values.js';
import { CommandError } from '../errors.js';
import { run } from '../scan/run.js';
import { collectionName, type Context } from './context.js';
import { countMatches, prepare } from './query.js';

export function count(context: Context): EncodableDoc {
  const view = context.storage.snapshot;
  const options = new Map(context.command);
  // a negative limit means the same as a positive one
  const limit = toNumber(options.get('limit'));
  if (limit !== undefined) options.set('limit', Math.abs(limit));
  const prepared = prepare(view, context.db, collectionName(context), options, context.budget, 'query');
  return new Map<string, Encodable>([
    ['n', integer(countMatches(view, prepared, { keys: 0, docs: 0 }))],
    ['ok', 1],
  ]);
}

export function distinct(context: Context): EncodableDoc {
  const { command, db, storage, budget } = context;
  const path = command.get('key');
  if (typeof path !== 'string')
    throw new CommandError('TypeMismatch', "BSON field 'distinct.key' is the wrong type, expected type 'string'");
  const view = storage.snapshot;
  const { collection, query, plan } = prepare(view, db, collectionName(context), command, budget, 'query');
  const found = new Map<string, Value>();
  if (collection && plan)
    for (const { doc } of run(view, collection, plan, query, { keys: 0, docs: 0 }))
      for (const value of leaves(doc, path.split('.'), 0)) {
        const key = encodeValue(value).toString('latin1');
        if (!found.has(key)) found.set(key, value);
      }
  return new Map<string, Encodable>([
    ['values', [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)],
    ['ok', 1],
  ]);
}

/** The values distinct sees: elements of arrays, once; nothing where the path leads nowhere. */
function leaves(value: Value, parts: readonly string[], i: number): Value[] {
  if (i === parts.length) return value === undefined ? [] : Array.isArray(value) ? value : [value];
  if (isDoc(value)) return leaves(value.get(parts[i] as string), parts, i + 1);
  if (!Array.isArray(value)) return [];
  const part = parts[i] as string;
  const direct = /^\d+$/.test(part) ? leaves(value[Number(part)], parts, i + 1) : [];
  return [...direct, ...value.flatMap((element) => (isDoc(element) ? leaves(element, parts, i) : []))];
}
