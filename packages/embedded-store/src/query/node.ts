// What a filter becomes: a tree of conditions that the planner reads and that documents are tested against.
import type { Value } from '../bson/values.js';

/** One condition on one path; true if some leaf of the path passes. */
export interface Predicate {
  readonly kind: 'predicate';
  readonly path: string;
  readonly parts: readonly string[];
  readonly op: 'eq' | 'gt' | 'gte' | 'lt' | 'lte' | 'in' | 'regex' | 'exists' | 'size' | 'elemMatch';
  readonly value: Value;
  /** Arrays at the leaf are tested by element too. */
  readonly expand: boolean;
  readonly test: (leaf: Value) => boolean;
}

export type Node =
  | Predicate
  | { readonly kind: 'and' | 'or' | 'nor'; readonly nodes: readonly Node[] }
  | { readonly kind: 'not'; readonly node: Node }
  | { readonly kind: 'never' };

/** All of these; the node itself where there is one. */
export const allOf = (nodes: readonly Node[]): Node =>
  nodes.length === 1 && nodes[0] ? nodes[0] : { kind: 'and', nodes };
