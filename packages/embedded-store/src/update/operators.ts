// The update operators, each compiled from its operand to a function of the present value.
import { compare } from '../bson/compare.js';
import { clone, Int32, isNum, toNumber, typeName, type Num, type Value } from '../bson/values.js';
import { CommandError } from '../errors.js';
import { format } from '../format.js';
import { addToSet, pop, pull, pullAll, push } from './arrays.js';
import { checkNames } from './names.js';

/** Returned to remove the field. */
export const REMOVE = Symbol('remove');

/** From a field's value to its next one; `undefined` in means that the field is missing, out that it stays as it is. */
export type Compute = (current: Value) => Value | typeof REMOVE;

interface Operator {
  /** Makes the containers on its way where they are missing. */
  readonly creates: boolean;
  /** Throws for an operand that no value could take. */
  readonly compile: (operand: Value, path: string) => Compute;
}

const creating = (compile: Operator['compile']): Operator => ({ creates: true, compile });
const changing = (compile: Operator['compile']): Operator => ({ creates: false, compile });

export const OPERATORS = new Map<string, Operator>([
  ['$set', creating(set)],
  ['$setOnInsert', creating(set)],
  ['$unset', changing(() => () => REMOVE)],
  ['$inc', creating(increment)],
  ['$min', creating((operand) => replaceIf(operand, -1))],
  ['$max', creating((operand) => replaceIf(operand, 1))],
  ['$push', creating(push)],
  ['$addToSet', creating(addToSet)],
  ['$pull', changing(pull)],
  ['$pullAll', changing(pullAll)],
  ['$pop', changing(pop)],
]);

/** What only MongoDB has: refused as such, rather than as unknown. */
export const ONLY_MONGODB = new Set(['$mul', '$rename', '$currentDate', '$bit']);

function set(operand: Value): Compute {
  checkNames(operand);
  return () => clone(operand);
}

/** $min and $max: replace what compares otherwise than `sign` says. Values of different types compare by BSON's order of types. */
function replaceIf(operand: Value, sign: -1 | 1): Compute {
  return (current) => (current === undefined || compare(operand, current) === sign ? clone(operand) : undefined);
}

function increment(operand: Value, path: string): Compute {
  if (!isNum(operand))
    throw new CommandError('TypeMismatch', `Cannot increment with non-numeric argument: {${path}: ${format(operand)}}`);
  return (current) => {
    if (current === undefined) return operand;
    if (isNum(current)) return add(current, operand);
    throw new CommandError(
      'TypeMismatch',
      `Cannot apply $inc to a value of non-numeric type. The field '${path.split('.').at(-1) ?? ''}' has non-numeric type ${typeName(current)}`,
    );
  };
}

/** int stays int while it fits, then becomes long; a long that overflows is an error; double wins. */
function add(a: Num, b: Num): Num {
  if (typeof a === 'number' || typeof b === 'number') return (toNumber(a) ?? NaN) + (toNumber(b) ?? NaN);
  const sum = BigInt(a instanceof Int32 ? a.value : a) + BigInt(b instanceof Int32 ? b.value : b);
  if (BigInt.asIntN(64, sum) !== sum)
    throw new CommandError('BadValue', `Failed to apply $inc operations to current value (${format(a)}) for document`);
  const ints = a instanceof Int32 && b instanceof Int32;
  return ints && BigInt.asIntN(32, sum) === sum ? new Int32(Number(sum)) : sum;
}
