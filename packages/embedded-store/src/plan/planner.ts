// Chooses how to find the documents of a filter in a given order: by which index, or by reading the collection.
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import type { Node } from '../query/node.js';
import type { SortField } from '../query/sort.js';
import type { Collection } from '../storage/collection.js';
import { samePattern, type Index } from '../storage/index-definition.js';
import { consider, type Candidate } from './candidate.js';
import { conjuncts } from './coverage.js';
import type { Plan } from './plan.js';

/** The best plan; with a hint, the one that obeys it. Throws BadValue for a hint that cannot be obeyed. */
export function planFor(collection: Collection, filter: Node, sort: readonly SortField[], hint?: Value): Plan {
  const parts = conjuncts(filter);
  if (parts.some((part) => part.kind === 'never')) return { ...scanAll(parts, sort), empty: true };
  if (hint !== undefined) return hintedPlan(collection, parts, sort, hint);
  let best: Candidate | undefined;
  for (const index of collection.indexes) {
    const candidate = consider(index, parts, sort, false);
    if (candidate && (!best || candidate.score > best.score)) best = candidate;
  }
  if (best?.bounded) return best.plan;
  return unionPlan(collection, parts, sort) ?? best?.plan ?? scanAll(parts, sort);
}

const scanAll = (parts: readonly Node[], sort: readonly SortField[]): Plan => ({
  index: undefined,
  variants: [],
  keyFilters: [],
  reverse: false,
  exact: parts.length === 0,
  sorted: sort.length === 0,
  empty: false,
  duplicates: false,
  point: false,
});

/** `$or` whose every arm has an index. */
function unionPlan(collection: Collection, parts: readonly Node[], sort: readonly SortField[]): Plan | undefined {
  for (const part of parts) {
    if (part.kind !== 'or') continue;
    const others = parts.filter((other) => other !== part);
    const union = part.nodes.map((arm) => planFor(collection, { kind: 'and', nodes: [arm, ...others] }, []));
    if (union.every((plan) => plan.empty || plan.index || plan.union)) return { ...scanAll(parts, sort), union };
  }
  return undefined;
}

function hintedPlan(collection: Collection, parts: readonly Node[], sort: readonly SortField[], hint: Value): Plan {
  const candidate = consider(hintedIndex(collection, hint), parts, sort, true);
  if (candidate) return candidate.plan;
  throw new CommandError('BadValue', 'error processing query: planner returned error: bad hint');
}

function hintedIndex(collection: Collection, hint: Value): Index {
  if (isDoc(hint) && hint.has('$natural')) throw notImplemented('the hint $natural');
  const [found, another] = collection.indexes.filter((index) =>
    isDoc(hint) ? samePattern(index.spec.get('key') as Doc, hint) : index.name === hint,
  );
  if (another) throw new CommandError('IndexNotFound', 'Hint matched multiple indexes, must hint by index name.');
  if (found) return found;
  throw new CommandError(
    'BadValue',
    'error processing query: planner returned error: hint provided does not correspond to an existing index',
  );
}
