// A stage of a pipeline, and the checks that several stages share.
import { isNum, toNumber, type Doc, type Value } from '../bson/values.js';
import { CommandError } from '../errors.js';

/** From one stream of documents to the next. */
export type Stage = (docs: Iterable<Doc>) => Iterable<Doc>;

/** A whole number of at least `least`, as $limit and $skip want it. Throws 5107201 or 15958. */
export function whole(operand: Value, name: string, least: number): number {
  const value = isNum(operand) ? toNumber(operand) : undefined;
  if (value === undefined || !Number.isInteger(value))
    throw new CommandError(5107201, `invalid argument to ${name} stage: Expected an integer`);
  if (value < least)
    throw new CommandError(15958, `the ${name.slice(1)} must be ${least ? 'positive' : 'non-negative'}`);
  return value;
}
