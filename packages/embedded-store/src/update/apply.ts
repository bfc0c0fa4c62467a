// Changes a copy of a document, one path after the other. Containers are made on the way where an operator wants that.
import { cloneDoc, isDoc, type Doc, type Value } from '../bson/values.js';
import { CommandError } from '../errors.js';
import { format } from '../format.js';
import { REMOVE } from './operators.js';
import type { Modification } from './parse.js';

/** The changed copy. Throws PathNotViable, and what the operators throw for values that they cannot change. */
export function applyUpdate(original: Doc, modifications: readonly Modification[], inserting: boolean): Doc {
  const doc = cloneDoc(original);
  for (const modification of modifications) if (inserting || !modification.onInsertOnly) change(doc, modification);
  return doc;
}

function change(doc: Doc, { parts, creates, compute }: Modification): void {
  const parent = reach(doc, parts, creates);
  if (!parent) return;
  const last = parts.at(-1) as string;
  const current = Array.isArray(parent) ? parent[arrayIndex(parent, last, creates, parts)] : parent.get(last);
  const result = compute(current);
  if (result === REMOVE) {
    if (current === undefined) return;
    if (Array.isArray(parent)) parent[Number(last)] = null;
    else parent.delete(last);
  } else if (result !== undefined) put(parent, last, result);
}

/** The container of the last part of a path, made if `create`; undefined if there is none. */
function reach(doc: Doc, parts: readonly string[], create: boolean): Doc | Value[] | undefined {
  let at: Doc | Value[] = doc;
  for (let i = 0; i < parts.length - 1; i++) {
    const part = parts[i] as string;
    let next: Value = Array.isArray(at) ? at[arrayIndex(at, part, create, parts.slice(0, i + 1))] : at.get(part);
    if (next === undefined) {
      if (!create) return undefined;
      next = new Map<string, Value>();
      put(at, part, next);
    }
    if (!isDoc(next) && !Array.isArray(next)) {
      if (!create) return undefined;
      throw new CommandError(
        'PathNotViable',
        `Cannot create field '${parts[i + 1] ?? ''}' in element {${part}: ${format(next)}}`,
      );
    }
    at = next;
  }
  return at;
}

function put(parent: Doc | Value[], name: string, value: Value): void {
  if (!Array.isArray(parent)) {
    parent.set(name, value);
    return;
  }
  const index = Number(name);
  while (parent.length < index) parent.push(null);
  parent[index] = value;
}

/** MongoDB pads arrays with nulls, but not beyond this. */
const MAX_PADDING = 1_500_000;

/** The position that a path names in an array; -1 for a name, where nothing is to be created. */
function arrayIndex(parent: Value[], name: string, create: boolean, parts: readonly string[]): number {
  if (!/^(0|[1-9]\d*)$/.test(name)) {
    if (!create) return -1;
    throw new CommandError(
      'PathNotViable',
      `Cannot create field '${name}' in element {${parts.at(-2) ?? ''}: ${format(parent)}}`,
    );
  }
  const index = Number(name);
  if (index > parent.length + MAX_PADDING)
    throw new CommandError('BadValue', 'cannot backfill array to larger than 1500000 elements');
  return index;
}
