// Which documents a statement is about, and what came of it.
import type { Doc, Value } from '../bson/values.js';
import type { Node } from '../query/node.js';
import type { SortField } from '../query/sort.js';

export interface Selection {
  readonly filter: Node;
  readonly sort: readonly SortField[];
  readonly hint: Value;
}

export interface Outcome {
  readonly matched: number;
  readonly modified: number;
  /** The `_id` of an inserted document. */
  readonly upserted?: Value;
  /** The last document that was found, before and after. */
  readonly before?: Doc;
  readonly after?: Doc;
}

export const NOTHING: Outcome = { matched: 0, modified: 0 };

/** Of two parts of one statement. */
export const sum = (a: Outcome, b: Outcome): Outcome => ({
  ...b,
  matched: a.matched + b.matched,
  modified: a.modified + b.modified,
});
