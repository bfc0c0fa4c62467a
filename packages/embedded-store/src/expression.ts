// Aggregation expressions, compiled to closures. What is not in the tables below is refused.
import { compare } from './bson/compare.js';
import { Int32, isDoc, truthy, type Doc, type Value } from './bson/values.js';
import { CommandError, notImplemented } from './errors.js';
import {
  fixed,
  isNullish,
  named,
  operands,
  type Expression,
  type OperatorCompiler,
  type Variables,
} from './expressions/arguments.js';
import { ARITHMETIC } from './expressions/arithmetic.js';
import { ARRAYS } from './expressions/arrays.js';
import { STATISTICS } from './expressions/statistics.js';
import { STRINGS } from './expressions/strings.js';
import { TYPES } from './expressions/types.js';

export type { Expression, Variables };

/** Compile an expression. Throws 168 (InvalidPipelineOperator) for what MongoDB does not know, NotImplemented for what we do not. */
export function compileExpression(value: Value): Expression {
  if (typeof value === 'string') return value.startsWith('$') ? path(value) : () => value;
  if (Array.isArray(value)) {
    const parts = value.map(compileExpression);
    return (doc, vars) => parts.map((part) => part(doc, vars) ?? null);
  }
  if (!isDoc(value)) return () => value;
  const [first] = value.keys();
  return first?.startsWith('$') ? operation(first, value) : object(value);
}

function operation(name: string, value: Doc): Expression {
  if (value.size !== 1)
    throw new CommandError(
      15983,
      `An object representing an expression must have exactly one field: ${[...value.keys()].join(', ')}`,
    );
  const compiler = OPERATORS[name];
  if (compiler) return compiler(value.get(name), compileExpression);
  throw KNOWN.has(name)
    ? notImplemented(`the expression ${name}`)
    : new CommandError(168, `Unrecognized expression '${name}'`);
}

function object(value: Doc): Expression {
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
  return (doc, vars) => {
    const out: Doc = new Map();
    for (const [name, field] of fields) {
      const result = field(doc, vars);
      if (result !== undefined) out.set(name, result);
    }
    return out;
  };
}

/** System variables we do not have. */
const NO_VARIABLES = new Set([
  'CLUSTER_TIME',
  'JS_SCOPE',
  'IS_MR',
  'SEARCH_META',
  'USER_ROLES',
  'DESCEND',
  'PRUNE',
  'KEEP',
]);

function path(text: string): Expression {
  if (text === '$') throw new CommandError(16872, "'$' by itself is not a valid FieldPath");
  const parts = text.split('.');
  if (parts.includes('') || parts.slice(1).some((part) => part.startsWith('$')))
    throw new CommandError(15998, `FieldPath field names may not be empty or start with '$': ${text}`);
  const head = parts[0] as string;
  if (!head.startsWith('$$')) {
    const fields = [head.slice(1), ...parts.slice(1)];
    return (doc) => lookup(doc, fields);
  }
  const name = head.slice(2);
  const rest = parts.slice(1);
  if (name === 'REMOVE') return () => undefined;
  if (name === 'CURRENT') return (doc) => lookup(doc, rest);
  if (NO_VARIABLES.has(name)) throw notImplemented(`the variable $$${name}`);
  return (doc, vars) => {
    if (name in vars) return lookup(vars[name], rest);
    if (name === 'ROOT') return lookup(doc, rest);
    throw new CommandError(17276, `Use of undefined variable: ${name}`);
  };
}

/** Arrays are mapped over, as in `$a.b` with a: [{b: 1}, {b: 2}] giving [1, 2]; no array index in paths. */
export function lookup(value: Value, parts: readonly string[], i = 0): Value {
  if (i === parts.length) return value;
  if (isDoc(value)) return lookup(value.get(parts[i] as string), parts, i + 1);
  if (!Array.isArray(value)) return undefined;
  const out: Value[] = [];
  for (const element of value) {
    const found = isDoc(element) || Array.isArray(element) ? lookup(element, parts, i) : undefined;
    if (found !== undefined) out.push(found);
  }
  return out;
}

const comparing = (name: string, test: (order: number) => Value): OperatorCompiler =>
  fixed(name, 2, ([a, b]) => test(compare(a, b)));

const cond: OperatorCompiler = (operand, compile) => {
  const list = isDoc(operand)
    ? ['if', 'then', 'else'].map((field) => named('$cond', operand, ['if', 'then', 'else']).get(field))
    : operands('$cond', operand, 3);
  const [when, then, otherwise] = list.map(compile) as [Expression, Expression, Expression];
  return (doc, vars) => (truthy(when(doc, vars)) ? then(doc, vars) : otherwise(doc, vars));
};

const switching: OperatorCompiler = (operand, compile) => {
  const spec = named('$switch', operand, ['branches'], ['default']);
  const branches = spec.get('branches');
  if (!Array.isArray(branches) || branches.length === 0)
    throw new CommandError(40068, '$switch requires at least one branch.');
  const compiled = branches.map((branch) => {
    const parts = named('$switch branch', branch, ['case', 'then']);
    return { when: compile(parts.get('case')), then: compile(parts.get('then')) };
  });
  const fallback = spec.has('default') ? compile(spec.get('default')) : undefined;
  return (doc, vars) => {
    const chosen = compiled.find(({ when }) => truthy(when(doc, vars)))?.then ?? fallback;
    if (!chosen)
      throw new CommandError(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      );
    return chosen(doc, vars);
  };
};

const letting: OperatorCompiler = (operand, compile) => {
  const spec = named('$let', operand, ['vars', 'in']);
  const bindings = spec.get('vars');
  if (!isDoc(bindings)) throw new CommandError(16874, 'invalid parameter: expected an object (vars)');
  const compiled = [...bindings].map(([name, value]) => {
    if (!/^[a-z]/.test(name))
      throw new CommandError('FailedToParse', `'${name}' starts with an invalid character for a user variable name`);
    return [name, compile(value)] as const;
  });
  const body = compile(spec.get('in'));
  return (doc, vars) =>
    body(doc, { ...vars, ...Object.fromEntries(compiled.map(([name, value]) => [name, value(doc, vars)])) });
};

const LOGIC: Record<string, OperatorCompiler> = {
  $literal: (operand) => () => operand,
  $cmp: comparing('$cmp', (order) => new Int32(order)),
  $eq: comparing('$eq', (order) => order === 0),
  $ne: comparing('$ne', (order) => order !== 0),
  $gt: comparing('$gt', (order) => order > 0),
  $gte: comparing('$gte', (order) => order >= 0),
  $lt: comparing('$lt', (order) => order < 0),
  $lte: comparing('$lte', (order) => order <= 0),
  $and: (operand, compile) => {
    const parts = (Array.isArray(operand) ? operand : [operand]).map(compile);
    return (doc, vars) => parts.every((part) => truthy(part(doc, vars)));
  },
  $or: (operand, compile) => {
    const parts = (Array.isArray(operand) ? operand : [operand]).map(compile);
    return (doc, vars) => parts.some((part) => truthy(part(doc, vars)));
  },
  $not: fixed('$not', 1, ([value]) => !truthy(value)),
  $ifNull: (operand, compile) => {
    const parts = operands('$ifNull', operand, 2, Infinity).map(compile);
    return (doc, vars) => {
      let last: Value;
      for (const part of parts) {
        last = part(doc, vars);
        if (!isNullish(last)) return last;
      }
      return last;
    };
  },
  $cond: cond,
  $switch: switching,
  $let: letting,
};

const OPERATORS: Partial<Record<string, OperatorCompiler>> = {
  ...LOGIC,
  ...ARITHMETIC,
  ...ARRAYS,
  ...STATISTICS,
  ...STRINGS,
  ...TYPES,
};

/** What MongoDB 6 has and we have not: refused as such, rather than as unknown. */
const KNOWN = new Set(
  (
    '$accumulator $acos $acosh $asin $asinh $atan $atan2 $atanh $avg $binarySize $bsonSize $convert $cos $cosh $dateDiff $dateFromParts ' +
    '$dateFromString $dateToParts $dateToString $dateTrunc $dayOfYear $degreesToRadians $exp $firstN $function $indexOfBytes $isoDayOfWeek ' +
    '$isoWeek $isoWeekYear $lastN $ln $log $log10 $maxN $meta $minN $pow $radiansToDegrees $rand $regexFind $regexFindAll $sampleRate ' +
    '$setField $sin $sinh $sortArray $sqrt $stdDevPop $stdDevSamp $tan $tanh $toDecimal $toHashedIndexKey $tsIncrement $tsSecond $unsetField ' +
    '$week $zip $bitAnd $bitOr $bitXor $bitNot $median $percentile $createUUID'
  ).split(' '),
);

/** For the README and the tests: every expression operator we have. */
export const EXPRESSION_OPERATORS: readonly string[] = Object.keys(OPERATORS);
