// The document that an upsert starts from: the fields that its filter fixes.
import { compareStrings } from '../bson/compare.js';
import { isDoc, typeName, type Doc, type Value } from '../bson/values.js';
import { CommandError } from '../errors.js';

type Equality = readonly [path: string, value: Value];

/** The equalities of a filter as a document; of its `_id` alone with `idOnly`. Throws 54 where two of them clash. */
export function seedOf(filter: Doc, idOnly: boolean): Doc {
  // The server keeps them in a map by path, so they come in the order of their names.
  const found = equalitiesOf(filter)
    .filter(([path]) => !idOnly || path === '_id')
    .sort(([a], [b]) => compareStrings(a, b));
  const seed: Doc = new Map();
  for (const [path, value] of found) plant(seed, path.split('.'), value, path);
  return seed;
}

/** Plain values and $eq, also inside $and, and in an $or of one arm. */
function equalitiesOf(filter: Doc): Equality[] {
  return [...filter].flatMap(([path, value]): Equality[] => {
    if (Array.isArray(value) && (path === '$and' || (path === '$or' && value.length === 1)))
      return value.flatMap((part) => (isDoc(part) ? equalitiesOf(part) : []));
    if (path.startsWith('$')) return [];
    const fixed = equalityOf(value);
    return fixed === undefined ? [] : [[path, fixed]];
  });
}

function equalityOf(value: Value): Value {
  if (typeName(value) === 'regex') return undefined;
  if (!isDoc(value)) return value;
  const [first] = value.keys();
  if (!first?.startsWith('$')) return value;
  if (value.has('$eq')) return value.get('$eq');
  const list = value.get('$all') ?? value.get('$in');
  return Array.isArray(list) && list.length === 1 && !isDoc(list[0]) && typeName(list[0]) !== 'regex'
    ? list[0]
    : undefined;
}

function plant(seed: Doc, parts: readonly string[], value: Value, path: string): void {
  let at = seed;
  for (const part of parts.slice(0, -1)) {
    let next = at.get(part);
    if (next === undefined) at.set(part, (next = new Map<string, Value>()));
    if (!isDoc(next))
      throw new CommandError(54, `cannot infer query fields to set, both paths '${path}' and '${part}' are matched`);
    at = next;
  }
  const last = parts.at(-1) as string;
  if (at.has(last)) throw new CommandError(54, `cannot infer query fields to set, path '${path}' is matched twice`);
  at.set(last, value);
}
