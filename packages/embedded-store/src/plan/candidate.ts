// One index as a candidate for a query: which intervals of it to walk, what that leaves to check, and what it is worth.
import type { Node } from '../query/node.js';
import type { SortField } from '../query/sort.js';
import type { Index } from '../storage/index-definition.js';
import { boundsOf, type Bounds } from './bounds.js';
import { covers, saidByPartial } from './coverage.js';
import { ALL, close, extend, filterIntervals, pointsOf } from './intervals.js';
import type { Alternatives, Interval, KeyFilter, Plan } from './plan.js';

export interface Candidate {
  readonly plan: Plan;
  readonly score: number;
  /** The filter narrows the walk; it is not for the order alone. */
  readonly bounded: boolean;
}

/** More intervals than this, and the remaining fields are checked on the entries. */
const MAX_INTERVALS = 2000;

/** Plan with this index. Undefined if it would miss documents, or is of no use; `forced` by a hint, it is used anyway. */
export function consider(
  index: Index,
  parts: readonly Node[],
  sort: readonly SortField[],
  forced: boolean,
): Candidate | undefined {
  if (!covers(index, parts)) return undefined;
  const walk = new Walk(index, parts);
  for (const [i, { path }] of index.fields.entries())
    walk.add(i, boundsOf(path, parts, index.multikey[i] === true, !index.unique));
  const order = walk.single ? sortDirection(index, walk.points, sort) : undefined;
  if (!walk.bounded && !forced && (order === undefined || sort.length === 0)) return undefined;
  const plan = planOf(walk, index, parts, sort.length > 0, order);
  return { plan, score: scoreOf(plan, walk, sort.length > 0), bounded: walk.bounded };
}

/** The walk through an index, as the bounds of its fields narrow it from the first field on. */
class Walk {
  variants: Interval[][] = [[ALL]];
  alternatives: Alternatives | undefined;
  readonly keyFilters: KeyFilter[] = [];
  /** Conditions that the walk itself meets. */
  readonly used: Set<Node>;
  /** Leading fields fixed to points. */
  points = 0;
  /** The last field of the walk has a range. */
  ranged = false;
  /** One point in each field, so that the walk is one interval. */
  single = true;
  /** What the walk finds meets the used conditions, without a look at the document. */
  exact = true;
  private walking = true;
  private crossedArray = false;

  constructor(
    private readonly index: Index,
    parts: readonly Node[],
  ) {
    this.used = new Set(parts.filter((part) => saidByPartial(index, part)));
  }

  get bounded(): boolean {
    return this.points > 0 || this.ranged;
  }

  /** Go on to the next field. */
  add(field: number, bounds: Bounds | undefined): void {
    const multikey = this.index.multikey[field] === true;
    const descending = this.index.descending[field] === true;
    // two fields of one array may be met by different elements
    this.walking &&= bounds !== undefined && !(multikey && this.crossedArray);
    if (!bounds) return;
    if (this.walking && this.narrow(bounds, descending)) {
      if (multikey) this.crossedArray = true;
      this.exact &&= bounds.exact;
      if (bounds.ranges) this.ranged = true;
      else this.points++;
      if ((bounds.points?.length ?? 1) > 1) this.single = false;
      if (bounds.ranges) this.walking = false;
      return;
    }
    this.walking = false;
    if (multikey) return;
    this.keyFilters.push({ field, intervals: filterIntervals(bounds, descending) });
    this.use(bounds.used);
    this.exact &&= bounds.exact;
  }

  /** Narrow the intervals; false if there would be too many of them. */
  private narrow(bounds: Bounds, descending: boolean): boolean {
    if (bounds.all && this.single && !this.alternatives) {
      this.fork(bounds.all, descending);
      this.use(bounds.used);
      return true;
    }
    const next = this.variants.map((intervals) => extend(intervals, bounds, descending));
    if ((next[0]?.length ?? 0) > MAX_INTERVALS) return false;
    this.variants = next;
    // of several values that must all be there, the walk goes by the first
    this.use(bounds.all ? bounds.used.slice(0, 1) : bounds.used);
    return true;
  }

  /** One variant for each value that must be there. */
  private fork(all: readonly Buffer[], descending: boolean): void {
    const prefix = this.variants[0]?.[0]?.start ?? ALL.start;
    const points = all.flatMap((point) => pointsOf([point], descending));
    this.alternatives = { at: prefix.length, points };
    this.variants = points.map((point) => [{ start: Buffer.concat([prefix, point]), end: ALL.end }]);
  }

  private use(nodes: readonly Node[]): void {
    for (const node of nodes) this.used.add(node);
  }
}

type Direction = 'forward' | 'reverse';

function planOf(
  walk: Walk,
  index: Index,
  parts: readonly Node[],
  sorting: boolean,
  order: Direction | undefined,
): Plan {
  const { points, single, alternatives, keyFilters } = walk;
  const variants = walk.variants.map((intervals) => intervals.map(close));
  const fixed = single && points === index.fields.length && variants[0]?.length === 1;
  return {
    index,
    variants,
    keyFilters,
    reverse: order === 'reverse',
    exact: walk.exact && parts.every((part) => walk.used.has(part)),
    sorted: order !== undefined || !sorting,
    empty: variants[0]?.length === 0,
    duplicates: index.multikey.some((flag, i) => flag && (!single || i >= points)),
    point: index.unique && fixed,
    ...(alternatives && { alternatives }),
  };
}

/** Fields fixed count most, then a range, then the order asked for; one entry of a unique index beats all. */
const scoreOf = (plan: Plan, { points, ranged, single }: Walk, sorting: boolean): number =>
  points * 10 +
  (ranged ? 4 : 0) +
  plan.keyFilters.length +
  (plan.sorted && sorting ? 5 : 0) +
  (plan.point ? 1000 : 0) +
  (single ? 1 : 0) +
  (plan.exact ? 2 : 0);

/** Which way to walk so that entries come in the order asked for; undefined if neither way does. */
function sortDirection(index: Index, fixed: number, sort: readonly SortField[]): Direction | undefined {
  const constant = index.fields.slice(0, fixed);
  // an array fixed to one of its elements sorts by another
  if (constant.some(({ path }, i) => index.multikey[i] && sort.some((field) => field.path === path))) return undefined;
  let at = fixed;
  let reverse: boolean | undefined;
  for (const { path, descending } of sort) {
    const next = index.fields[at]?.path;
    if (next !== path && constant.some((field) => field.path === path)) continue;
    if (next !== path || index.multikey[at]) return undefined;
    const against = index.descending[at] !== descending;
    if (reverse !== undefined && reverse !== against) return undefined;
    reverse = against;
    at++;
  }
  return reverse ? 'reverse' : 'forward';
}
