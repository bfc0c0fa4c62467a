// Tests a document against a filter's tree.
import { isDoc, type Doc, type Value } from '../bson/values.js';
import type { Node, Predicate } from './node.js';

/** Does the document pass? */
export function matches(node: Node, doc: Doc): boolean {
  switch (node.kind) {
    case 'predicate':
      return walk(doc, node.parts, 0, node);
    case 'and':
      for (const part of node.nodes) if (!matches(part, doc)) return false;
      return true;
    case 'or':
      return node.nodes.some((part) => matches(part, doc));
    case 'nor':
      return !node.nodes.some((part) => matches(part, doc));
    case 'not':
      return !matches(node.node, doc);
    case 'never':
      return false;
  }
}

/** Does some leaf of the path pass? An array at the end is tested by its elements too, and then as a whole. */
function walk(doc: Doc, parts: readonly string[], i: number, node: Predicate): boolean {
  const { test, expand } = node;
  const value = doc.get(parts[i] as string);
  if (i === parts.length - 1) return (expand && Array.isArray(value) && value.some(test)) || test(value);
  if (isDoc(value)) return walk(value, parts, i + 1, node);
  if (Array.isArray(value)) return walkArray(value, parts, i + 1, node);
  return test(undefined);
}

/** Into the documents of an array, and to the element that the next part names by its position. */
function walkArray(array: Value[], parts: readonly string[], i: number, node: Predicate): boolean {
  for (const element of array) if (isDoc(element) && walk(element, parts, i, node)) return true;
  const part = parts[i] as string;
  if (!/^(0|[1-9]\d*)$/.test(part)) return false;
  const index = Number(part);
  if (index >= array.length) return false;
  const element = array[index];
  if (i === parts.length - 1) return node.test(element);
  if (isDoc(element)) return walk(element, parts, i + 1, node);
  return Array.isArray(element) && walkArray(element, parts, i + 1, node);
}
