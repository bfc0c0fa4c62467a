// A plan: how to find the documents of a filter in a given order.
import type { Index } from '../storage/index-definition.js';

/** A range of encoded index keys: start inclusive, end exclusive. */
export interface Interval {
  readonly start: Buffer;
  readonly end: Buffer;
}

/** Checked on an index entry before its document is read: field number `field` lies in one of the intervals. */
export interface KeyFilter {
  readonly field: number;
  readonly intervals: readonly Interval[];
}

/** Several values that one array must all hold: the entry of one leads to the entries of the others, which differ in this value. */
export interface Alternatives {
  /** Where in the key the value lies. */
  readonly at: number;
  readonly points: readonly Buffer[];
}

export interface Plan {
  /** Undefined: read the collection, or the union of the plans in `union`. */
  readonly index: Index | undefined;
  readonly union?: readonly Plan[];
  /** Intervals to walk; one list for each of the alternatives, of which the shortest is walked. */
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
