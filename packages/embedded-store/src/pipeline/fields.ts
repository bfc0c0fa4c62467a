// What $group computes with: a constant, the value at a path, or a document of these. Operators are refused.
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { fieldPath } from '../query/field-path.js';

/** The value of an expression for one document; undefined if the field is missing. */
export type Expression = (doc: Doc) => Value;

/** Compile a constant, `'$path'` or `{ name: '$path' }`. Throws NotImplemented for operators, variables and arrays. */
export function compileExpression(value: Value): Expression {
  if (typeof value === 'string') return value.startsWith('$') ? fieldAt(value) : () => value;
  if (Array.isArray(value)) throw notImplemented('an array as an expression');
  if (!isDoc(value)) return () => value;
  const [first] = value.keys();
  if (first?.startsWith('$')) throw notImplemented(`the expression ${first}`);
  return documentOf(value);
}

function documentOf(value: Doc): Expression {
  const fields = [...value].map(([name, field]) => {
    if (name.startsWith('$'))
      throw new CommandError(
        16410,
        `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
      );
    if (name.includes('.'))
      throw new CommandError(
        16412,
        `FieldPath field names may not contain '.'. Consider using $getField or $setField.`,
      );
    return [name, compileExpression(field)] as const;
  });
  return (doc) => {
    const out: Doc = new Map();
    for (const [name, field] of fields) {
      const result = field(doc);
      if (result !== undefined) out.set(name, result);
    }
    return out;
  };
}

function fieldAt(text: string): Expression {
  if (text === '$') throw new CommandError(16872, "'$' by itself is not a valid FieldPath");
  if (text.startsWith('$$')) throw notImplemented(`the variable ${text}`);
  const parts = fieldPath(text.slice(1));
  return (doc) => lookup(doc, parts, 0);
}

/**
 * Arrays are mapped over: `$a.b` with a: [{ b: 1 }, { b: 2 }] is [1, 2]; arrays in arrays are passed over, so with a: [[{ b: 1 }]] it
 * is []. A number in a path is a name, not a position.
 */
function lookup(value: Value, parts: readonly string[], i: number): Value {
  if (i === parts.length) return value;
  if (isDoc(value)) return lookup(value.get(parts[i] as string), parts, i + 1);
  if (!Array.isArray(value)) return undefined;
  return value
    .map((element) => (isDoc(element) ? lookup(element, parts, i) : undefined))
    .filter((found) => found !== undefined);
}
