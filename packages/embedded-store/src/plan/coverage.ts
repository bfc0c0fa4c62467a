// Sparse and partial indexes leave documents out. Does an index hold every document that a filter matches?
import { bracket, equal } from '../bson/compare.js';
import { encodeValue } from '../bson/keys.js';
import { BSONRegExp, type Value } from '../bson/values.js';
import type { Node, Predicate } from '../query/node.js';
import type { Index } from '../storage/index-definition.js';
import { ordinary } from './bounds.js';

/** The conditions that must all hold. */
export function conjuncts(node: Node): Node[] {
  return node.kind === 'and' ? node.nodes.flatMap(conjuncts) : [node];
}

/** Has every document that meets all these conditions an entry in this index? */
export function covers(index: Index, parts: readonly Node[]): boolean {
  if (index.sparse && !index.fields.some(({ path }) => parts.some((part) => impliesPresence(part, path)))) return false;
  if (!index.partial) return true;
  return conjuncts(index.partial).every(
    (wanted) => wanted.kind === 'predicate' && parts.some((part) => implies(part, wanted)),
  );
}

/** The partial filter of the index says the same as this condition, so every entry meets it. */
export function saidByPartial(index: Index, part: Node): boolean {
  if (!index.partial || part.kind !== 'predicate') return false;
  return conjuncts(index.partial).some(
    (said) =>
      said.kind === 'predicate' && said.path === part.path && said.op === part.op && equal(said.value, part.value),
  );
}

/** A condition that no missing field meets. */
const impliesPresence = (node: Node, path: string): boolean =>
  node.kind === 'predicate' && node.path === path && !node.test(undefined);

const RANGES = ['gt', 'gte', 'lt', 'lte'];

/** What meets `node` meets `wanted`. In doubt, false. */
function implies(node: Node, wanted: Predicate): boolean {
  if (node.kind !== 'predicate' || node.path !== wanted.path) return false;
  if (wanted.op === 'exists') return !node.test(undefined);
  if (node.op === 'eq') return single(node.value) && wanted.test(node.value);
  if (node.op === 'in')
    return (node.value as Value[]).every(
      (value) => single(value) && !(value instanceof BSONRegExp) && wanted.test(value),
    );
  if (node.op !== wanted.op || !RANGES.includes(wanted.op)) return false;
  return narrower(node.value, wanted);
}

const single = (value: Value): boolean => !Array.isArray(value) && value !== null;

/** A range of the same direction that ends at `value` lies within the wanted one. */
const narrower = (value: Value, wanted: Predicate): boolean =>
  ordinary(value) &&
  ordinary(wanted.value) &&
  bracket(value) === bracket(wanted.value) &&
  (wanted.test(value) || encodeValue(value).equals(encodeValue(wanted.value)));
