// How an operator's operands are read: arity, and the checks most of them share.
import { isDoc, typeName, type Doc, type Value } from '../bson/values.js';
import { CommandError } from '../errors.js';

/** Names without the dollars: NOW, ROOT, and what `let`, $map and kin bind. */
export type Variables = Readonly<Record<string, Value>>;

/** A compiled expression. `undefined` is "missing". */
export type Expression = (doc: Doc, variables: Variables) => Value;

export type Compiler = (value: Value) => Expression;

/** Makes an expression of an operator's operand. */
export type OperatorCompiler = (operand: Value, compile: Compiler) => Expression;

export const isNullish = (value: Value): value is null | undefined => value === null || value === undefined;

/** The operands of `name`, of which there must be `min` to `max`; a lone operand needs no array. */
export function operands(name: string, operand: Value, min: number, max = min): Value[] {
  const list = Array.isArray(operand) ? operand : [operand];
  if (list.length >= min && list.length <= max) return list;
  throw new CommandError(
    min === max ? 16020 : 28667,
    `Expression ${name} takes ${min === max ? `exactly ${min}` : `at least ${min} arguments, and at most ${max}, but ${list.length} were`} arguments. ${list.length} were passed in.`,
  );
}

/** An operator over exactly `count` evaluated operands. */
export const fixed =
  (name: string, count: number, run: (values: Value[]) => Value): OperatorCompiler =>
  (operand, compile) => {
    const parts = operands(name, operand, count).map(compile);
    return (doc, vars) => run(parts.map((part) => part(doc, vars)));
  };

/** An operator over any number of evaluated operands, or of `min` to `max`. */
export const variadic =
  (name: string, run: (values: Value[]) => Value, min = 0, max = Infinity): OperatorCompiler =>
  (operand, compile) => {
    const parts = operands(name, operand, min, max).map(compile);
    return (doc, vars) => run(parts.map((part) => part(doc, vars)));
  };

/** The named arguments of an operator such as `$filter: { input, cond }`; unknown names are refused. */
export function named(
  name: string,
  operand: Value,
  required: readonly string[],
  optional: readonly string[] = [],
): Doc {
  if (!isDoc(operand)) throw new CommandError(28646, `${name} only supports an object as its argument`);
  for (const field of operand.keys())
    if (!required.includes(field) && !optional.includes(field))
      throw new CommandError(28647, `Unrecognized parameter to ${name}: ${field}`);
  for (const field of required)
    if (!operand.has(field)) throw new CommandError(28648, `Missing '${field}' parameter to ${name}`);
  return operand;
}

/** The value as an array; null and missing pass as null. */
export function arrayOf(name: string, value: Value, code = 17124): Value[] | null {
  if (isNullish(value)) return null;
  if (!Array.isArray(value))
    throw new CommandError(code, `The argument to ${name} must be an array, but was of type: ${typeName(value)}`);
  return value;
}
