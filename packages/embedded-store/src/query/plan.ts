// How to find the documents of a filter in a given order: which index, which stretches of it, and what is left to check.
import { bracket, equal } from '../bson/compare.js';
import { encodeValue, invert, successor } from '../bson/keys.js';
import { BSONRegExp, isDoc, isNum, MaxKey, MinKey, toNumber, type Doc, type Value } from '../bson/values.js';
import type { Collection } from '../storage/catalog.js';
import { CommandError, notImplemented } from '../errors.js';
import { samePattern, type Index } from '../storage/indexes.js';
import type { Node, Predicate } from './match.js';

/** A stretch of encoded index keys: start inclusive, end exclusive. */
export interface Interval {
  readonly start: Buffer;
  readonly end: Buffer;
}

export interface SortField {
  readonly path: string;
  readonly descending: boolean;
}

/** Checked on an index entry before its document is read: field number `field` lies in one of the intervals. */
export interface KeyFilter {
  readonly field: number;
  readonly intervals: readonly Interval[];
}

/** Several values that one array must all hold: an entry of one leads to the entries of the others, in which this stretch differs. */
export interface Alternatives {
  /** Where in the key the value lies. */
  readonly at: number;
  readonly points: readonly Buffer[];
}

export interface Plan {
  /** Undefined: read the collection, or the union of the plans in `union`. */
  readonly index: Index | undefined;
  readonly union?: readonly Plan[];
  /** Stretches to walk; one such list for each of the alternatives, of which the shortest is walked. */
  readonly variants: readonly (readonly Interval[])[];
  readonly alternatives?: Alternatives;
  readonly keyFilters: readonly KeyFilter[];
  readonly reverse: boolean;
  /** The index answers the filter: an entry in the intervals is a match. */
  readonly exact: boolean;
  /** The order asked for is the order of the index. */
  readonly sorted: boolean;
  /** No document can match. */
  readonly empty: boolean;
  /** One record may come up more than once. */
  readonly duplicates: boolean;
  /** A unique index with all its fields fixed: at most one entry. */
  readonly point: boolean;
}

/** More intervals than this, and the remaining fields are checked on the documents. */
const MAX_INTERVALS = 2000;

/** The predicates that must all hold. */
function conjuncts(node: Node): Node[] {
  return node.kind === 'and' ? node.nodes.flatMap(conjuncts) : [node];
}

export function planFor(collection: Collection, filter: Node, sort: readonly SortField[], hint?: Value): Plan {
  const parts = conjuncts(filter);
  if (parts.some((part) => part.kind === 'never')) return { ...scanAll(parts, sort), empty: true };
  const hinted = hint === undefined ? undefined : resolveHint(collection, hint);
  if (hinted) {
    const candidate = consider(hinted, parts, sort, true);
    if (candidate) return candidate.plan;
    throw new CommandError('BadValue', 'error processing query: planner returned error: bad hint');
  }
  let best: Candidate | undefined;
  for (const index of collection.indexes) {
    const candidate = consider(index, parts, sort, false);
    if (candidate && (!best || candidate.score > best.score)) best = candidate;
  }
  if (best?.bounded) return best.plan;
  return unionPlan(collection, parts, sort) ?? best?.plan ?? scanAll(parts, sort);
}

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

function resolveHint(collection: Collection, hint: Value): Index {
  if (isDoc(hint) && hint.has('$natural')) throw notImplemented('the hint $natural');
  const [found, another] = collection.indexes.filter((index) =>
    isDoc(hint) ? samePattern(index.spec.get('key') as Doc, hint) : index.name === hint,
  );
  if (another) throw new CommandError('IndexNotFound', 'Hint matched multiple indexes, must hint by index name.');
  if (!found)
    throw new CommandError(
      'BadValue',
      'error processing query: planner returned error: hint provided does not correspond to an existing index',
    );
  return found;
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

interface Candidate {
  readonly plan: Plan;
  readonly score: number;
  /** The filter narrows the walk; it is not for the order alone. */
  readonly bounded: boolean;
}

/** Bounds of one field: points to be visited in turn, or one range. Bytes are those of an ascending field. */
interface Bounds {
  readonly points?: readonly Buffer[];
  /** In ascending order, apart from each other. */
  readonly ranges?: readonly Interval[];
  /** Points that must all be there, in an array. */
  readonly all?: readonly Buffer[];
  readonly used: readonly Node[];
  readonly exact: boolean;
}

const NONE = Buffer.alloc(0);

function consider(
  index: Index,
  parts: readonly Node[],
  sort: readonly SortField[],
  forced: boolean,
): Candidate | undefined {
  if (!usable(index, parts)) return undefined;
  const bounds = index.fields.map(({ path }, i) => boundsOf(path, parts, index.multikey[i] === true, !index.unique));
  const used = new Set<Node>(parts.filter((part) => saidByPartial(index, part)));
  const keyFilters: KeyFilter[] = [];
  let variants: Interval[][] = [[{ start: NONE, end: NONE }]];
  let alternatives: Alternatives | undefined;
  let [points, exact, single, walking, ranged, crossed] = [0, true, true, true, false, false];
  for (const [i, own] of bounds.entries()) {
    const multikey = index.multikey[i] === true;
    walking &&= own !== undefined && !(multikey && crossed);
    if (!own) continue;
    const descending = index.descending[i] === true;
    const next = walking ? variants.map((stretches) => extend(stretches, own, descending)) : [];
    if (walking && (next[0]?.length ?? 0) <= MAX_INTERVALS) {
      if (own.all && single && !alternatives) {
        const ordered = own.all.map((point) => (descending ? invert(point) : point));
        const prefix = variants[0]?.[0]?.start ?? NONE;
        alternatives = { at: prefix.length, points: ordered };
        variants = ordered.map((point) => [{ start: Buffer.concat([prefix, point]), end: NONE }]);
        for (const node of own.used) used.add(node);
      } else {
        variants = next;
        const [first] = own.used;
        for (const node of own.all && first ? [first] : own.used) used.add(node);
      }
      if (multikey) crossed = true;
      exact &&= own.exact;
      if (own.ranges) ranged = true;
      else points++;
      if ((own.points?.length ?? 1) > 1) single = false;
      if (own.ranges) walking = false;
    } else {
      walking = false;
      if (multikey) continue;
      keyFilters.push({ field: i, intervals: filterIntervals(own, descending) });
      for (const node of own.used) used.add(node);
      exact &&= own.exact;
    }
  }
  const bounded = points > 0 || ranged;
  const order = single ? sortDirection(index, points, sort) : undefined;
  if (!bounded && !forced && (order === undefined || sort.length === 0)) return undefined;
  const closed = variants.map((stretches) => stretches.map(close));
  const full = points === index.fields.length;
  const plan: Plan = {
    index,
    variants: closed,
    keyFilters,
    reverse: order === 'reverse',
    exact: exact && parts.every((part) => used.has(part)),
    sorted: order !== undefined || sort.length === 0,
    empty: closed[0]?.length === 0,
    duplicates: index.multikey.some((flag, i) => flag && (!single || i >= points)),
    point: index.unique && full && single && closed[0]?.length === 1,
    ...(alternatives && { alternatives }),
  };
  const score =
    points * 10 +
    (ranged ? 4 : 0) +
    keyFilters.length +
    (plan.sorted && sort.length ? 5 : 0) +
    (plan.point ? 1000 : 0) +
    (single ? 1 : 0) +
    (plan.exact ? 2 : 0);
  return { plan, score, bounded };
}

/** A stretch without an end is all that begins with its start. */
const close = ({ start, end }: Interval): Interval => ({ start, end: end.length ? end : successor(start) });

const filterIntervals = (bounds: Bounds, descending: boolean): Interval[] =>
  extend([{ start: NONE, end: NONE }], bounds, descending).map(close);

/** The partial filter of the index says the same, so every entry passes. */
function saidByPartial(index: Index, part: Node): boolean {
  if (!index.partial || part.kind !== 'predicate') return false;
  return conjuncts(index.partial).some(
    (said) =>
      said.kind === 'predicate' && said.path === part.path && said.op === part.op && equal(said.value, part.value),
  );
}

/** Does every document that the filter matches have an entry in this index? */
function usable(index: Index, parts: readonly Node[]): boolean {
  if (index.sparse && !index.fields.some(({ path }) => parts.some((part) => impliesPresence(part, path)))) return false;
  if (!index.partial) return true;
  return conjuncts(index.partial).every(
    (wanted) => wanted.kind === 'predicate' && parts.some((part) => implies(part, wanted)),
  );
}

/** A predicate that no missing field passes. */
function impliesPresence(node: Node, path: string): boolean {
  return node.kind === 'predicate' && node.path === path && !node.test(undefined);
}

function implies(node: Node, wanted: Predicate): boolean {
  if (node.kind !== 'predicate' || node.path !== wanted.path) return false;
  if (wanted.op === 'exists') return !node.test(undefined);
  if (node.op === 'eq') return !Array.isArray(node.value) && node.value !== null && wanted.test(node.value);
  if (node.op === 'in')
    return (node.value as Value[]).every(
      (value) => !Array.isArray(value) && value !== null && !(value instanceof BSONRegExp) && wanted.test(value),
    );
  if (
    wanted.op === node.op &&
    ordinary(node.value) &&
    ordinary(wanted.value) &&
    bracket(node.value) === bracket(wanted.value)
  )
    return wanted.op === 'gt' || wanted.op === 'lt' || wanted.op === 'gte' || wanted.op === 'lte'
      ? wanted.test(node.value) || encodeValue(node.value).equals(encodeValue(wanted.value))
      : false;
  return false;
}

/** A value that a single key stands for. */
const ordinary = (value: Value): boolean =>
  value !== null &&
  value !== undefined &&
  !Array.isArray(value) &&
  !(value instanceof BSONRegExp) &&
  !(value instanceof MinKey) &&
  !(value instanceof MaxKey) &&
  !(isNum(value) && Number.isNaN(toNumber(value)));

function boundsOf(path: string, parts: readonly Node[], multikey: boolean, probing: boolean): Bounds | undefined {
  const own = parts.filter((part): part is Predicate => part.kind === 'predicate' && part.path === path);
  const fixed = own.filter((part) => part.op === 'eq' && (ordinary(part.value) || part.value === null));
  const [first] = fixed;
  if (first) {
    const together = multikey && probing ? fixed.filter((part) => part.value !== null) : [];
    if (together.length > 1)
      return {
        points: [encodeValue(together[0]?.value)],
        all: together.map((part) => encodeValue(part.value)),
        used: together,
        exact: true,
      };
    return { points: [encodeValue(first.value)], used: [first], exact: first.value !== null };
  }
  const listed = own.find(
    (part) => part.op === 'in' && (part.value as Value[]).every((value) => ordinary(value) || value === null),
  );
  if (listed) {
    const values = listed.value as Value[];
    const points = [
      ...new Map(values.map((value) => [encodeValue(value).toString('latin1'), encodeValue(value)])).values(),
    ];
    points.sort((a, b) => Buffer.compare(a, b));
    return { points, used: [listed], exact: !values.includes(null) };
  }
  return rangeOf(own, multikey);
}

function rangeOf(own: readonly Predicate[], multikey: boolean): Bounds | undefined {
  const used: Predicate[] = [];
  let start: Buffer = NONE;
  let end: Buffer = NONE;
  let type = -1;
  for (const part of own) {
    const stretch = stretchOf(part);
    if (!stretch || (type !== -1 && (multikey || stretch.start[0] !== type))) continue;
    if (type === -1 || Buffer.compare(stretch.start, start) > 0) start = stretch.start;
    if (type === -1 || Buffer.compare(stretch.end, end) < 0) end = stretch.end;
    type = stretch.start[0] ?? 0;
    used.push(part);
  }
  return used.length ? { ranges: [{ start, end }], used, exact: true } : regexBounds(own);
}

/** The strings that begin with a regex's fixed prefix, and that regex itself where it is stored. */
function regexBounds(own: readonly Predicate[]): Bounds | undefined {
  for (const part of own) {
    const stretch = part.op === 'regex' ? regexStretch(part.value as BSONRegExp) : undefined;
    if (stretch)
      return { ranges: [stretch, close({ start: encodeValue(part.value), end: NONE })], used: [part], exact: false };
  }
  return undefined;
}

/** The encoded values between which a range predicate's matches lie, within its type. */
function stretchOf(part: Predicate): Interval | undefined {
  if (!['gt', 'gte', 'lt', 'lte'].includes(part.op) || !ordinary(part.value)) return undefined;
  const key = encodeValue(part.value);
  const type = bracket(part.value);
  // NaN has the lowest number key and matches no range
  const floor = type === 16 ? successor(encodeValue(NaN)) : Buffer.from([type]);
  const ceiling = Buffer.from([type + 1]);
  switch (part.op) {
    case 'gt':
      return { start: successor(key), end: ceiling };
    case 'gte':
      return { start: key, end: ceiling };
    case 'lt':
      return { start: floor, end: key };
    default:
      return { start: floor, end: successor(key) };
  }
}

/** `^abc` with nothing special in abc, case-sensitive: the strings that begin with it. */
function regexStretch(regex: BSONRegExp): Interval | undefined {
  const prefix = /^\^([\p{L}\p{N} _:@-]+)/u.exec(regex.pattern)?.[1];
  if (
    !prefix ||
    regex.options.includes('i') ||
    regex.options.includes('m') ||
    regex.options.includes('x') ||
    regex.pattern.includes('|')
  )
    return undefined;
  const next = regex.pattern[prefix.length + 1];
  const sure = next !== undefined && '*?{+'.includes(next) ? prefix.slice(0, -1) : prefix;
  if (!sure) return undefined;
  const key = encodeValue(sure);
  const start = key.subarray(0, key.length - 1);
  return { start, end: successor(start) };
}

function extend(stretches: readonly Interval[], bounds: Bounds, descending: boolean): Interval[] {
  if (bounds.ranges) {
    const ranges = bounds.ranges.filter(({ start, end }) => Buffer.compare(start, end) < 0);
    // turned around, [start, end) becomes all from behind what begins with ~end to the last that begins with ~start
    const ordered = descending
      ? ranges.map(({ start, end }) => ({ start: successor(invert(end)), end: successor(invert(start)) })).reverse()
      : ranges;
    return stretches.flatMap(({ start: prefix }) =>
      ordered.map(({ start, end }) => ({ start: Buffer.concat([prefix, start]), end: Buffer.concat([prefix, end]) })),
    );
  }
  const points = bounds.points ?? [];
  const ordered = descending ? points.map(invert).reverse() : points;
  return stretches.flatMap(({ start }) =>
    ordered.map((point) => ({ start: Buffer.concat([start, point]), end: Buffer.alloc(0) })),
  );
}

/** Which way to walk so that entries come in the order asked for; undefined if neither way does. */
function sortDirection(index: Index, fixed: number, sort: readonly SortField[]): 'forward' | 'reverse' | undefined {
  if (sort.length === 0) return 'forward';
  const constant = new Set(index.fields.slice(0, fixed).map(({ path }) => path));
  let at = fixed;
  let turned: boolean | undefined;
  for (const { path, descending } of sort) {
    if (constant.has(path) && index.fields[at]?.path !== path) continue;
    if (index.fields[at]?.path !== path || index.multikey[at]) return undefined;
    const turn = index.descending[at] !== descending;
    if (turned !== undefined && turned !== turn) return undefined;
    turned = turn;
    at++;
  }
  if (
    index.fields.slice(0, fixed).some(({ path }, i) => index.multikey[i] && sort.some((field) => field.path === path))
  )
    return undefined;
  return turned ? 'reverse' : 'forward';
}
