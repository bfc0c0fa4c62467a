// $unwind: a document for each element of an array.
import { isDoc, typeName, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { fieldPath } from '../query/field-path.js';
import { each, type Stage } from './stage.js';

interface Options {
  readonly parts: readonly string[];
  /** Where the element's position goes. */
  readonly index: string | undefined;
  /** Keep documents that have no element there. */
  readonly keep: boolean;
}

export function unwind(operand: Value): Stage {
  const { parts, index, keep } = parseUnwind(operand);
  const emit = (doc: Doc, value: Value, position: Value): Doc => {
    const out = value === undefined ? without(doc, parts) : withValue(doc, parts, value);
    if (index !== undefined) out.set(index, position);
    return out;
  };
  return each(function* (doc) {
    const value = direct(doc, parts);
    if (Array.isArray(value)) {
      if (value.length === 0 && keep) yield emit(doc, undefined, null);
      for (const [i, element] of value.entries()) yield emit(doc, element, BigInt(i));
    } else if ((value !== undefined && value !== null) || keep) yield emit(doc, value, null);
  });
}

function parseUnwind(operand: Value): Options {
  const spec = typeof operand === 'string' ? new Map<string, Value>([['path', operand]]) : operand;
  if (!isDoc(spec))
    throw new CommandError(15981, 'expected either a string or an object as specification for $unwind stage');
  for (const field of spec.keys())
    if (!['path', 'includeArrayIndex', 'preserveNullAndEmptyArrays'].includes(field))
      throw new CommandError(28811, `unrecognized option to $unwind stage: ${field}`);
  const path = spec.get('path');
  if (typeof path !== 'string') throw new CommandError(28812, 'no path specified to $unwind stage');
  if (!path.startsWith('$') || path.length < 2)
    throw new CommandError(28818, `path option to $unwind stage should be prefixed with a '$'`);
  const parts = fieldPath(path.slice(1));
  const index = spec.get('includeArrayIndex');
  if (index !== undefined && (typeof index !== 'string' || index === '' || index.startsWith('$')))
    throw new CommandError(28822, 'includeArrayIndex option to $unwind stage should not be empty or prefixed with a $');
  if (index?.includes('.')) throw notImplemented('$unwind with a dotted includeArrayIndex');
  const keep = spec.get('preserveNullAndEmptyArrays') ?? false;
  if (typeof keep !== 'boolean')
    throw new CommandError(
      28809,
      `expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage, got ${typeName(keep)}`,
    );
  return { parts, index, keep };
}

/** The value at a path through documents only: $unwind does not look into arrays on the way. */
function direct(value: Value, parts: readonly string[]): Value {
  return parts.reduce<Value>((at, part) => (isDoc(at) ? at.get(part) : undefined), value);
}

function withValue(doc: Doc, [head, ...rest]: readonly string[], value: Value): Doc {
  const out = new Map(doc);
  out.set(head as string, rest.length ? withValue(doc.get(head as string) as Doc, rest, value) : value);
  return out;
}

function without(doc: Doc, [head, ...rest]: readonly string[]): Doc {
  const out = new Map(doc);
  const inner = doc.get(head as string);
  if (rest.length === 0) out.delete(head as string);
  else if (isDoc(inner)) out.set(head as string, without(inner, rest));
  return out;
}
