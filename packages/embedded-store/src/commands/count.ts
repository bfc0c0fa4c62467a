// count and distinct.
import { encodeValue } from '../bson/keys.js';
import type { Encodable, EncodableDoc } from '../bson/encode.js';
import { integer, isDoc, toNumber, type Value } from '../bson/values.js';
import { CommandError } from '../errors.js';
import { run } from '../scan/run.js';
import type { View } from '../storage/view.js';
import { collectionName, type Context } from './context.js';
import { countMatches, prepare } from './query.js';

export async function count(context: Context): Promise<EncodableDoc> {
  const options = new Map(context.command);
  // a negative limit means the same as a positive one
  const limit = toNumber(options.get('limit'));
  if (limit !== undefined) options.set('limit', Math.abs(limit));
  const n = await context.storage.read((view) => {
    const prepared = prepare(view, context.db, collectionName(context), options, context.budget, 'query');
    return countMatches(view, prepared, { keys: 0, docs: 0 });
  });
  return new Map<string, Encodable>([
    ['n', integer(n)],
    ['ok', 1],
  ]);
}

export async function distinct(context: Context): Promise<EncodableDoc> {
  const path = context.command.get('key');
  if (typeof path !== 'string')
    throw new CommandError('TypeMismatch', "BSON field 'distinct.key' is the wrong type, expected type 'string'");
  const found = await context.storage.read((view) => distinctValues(view, context, path.split('.')));
  return new Map<string, Encodable>([
    ['values', [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)],
    ['ok', 1],
  ]);
}

/** By their encoded bytes, which sort as the values do. */
function* distinctValues(
  view: View,
  context: Context,
  parts: readonly string[],
): Generator<undefined, Map<string, Value>> {
  const { command, db, budget } = context;
  const { collection, query, plan } = prepare(view, db, collectionName(context), command, budget, 'query');
  const found = new Map<string, Value>();
  if (!collection || !plan) return found;
  for (const stored of run(view, collection, plan, query, { keys: 0, docs: 0 })) {
    if (!stored) {
      yield;
      continue;
    }
    for (const value of leaves(stored.doc, parts, 0)) {
      const key = encodeValue(value).toString('latin1');
      if (!found.has(key)) found.set(key, value);
    }
  }
  return found;
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
