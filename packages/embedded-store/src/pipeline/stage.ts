// A stage of a pipeline, and the operands of $limit and $skip, which the planner takes as well.
import { isNum, toNumber, type Doc, type Value } from '../bson/values.js';
import { CommandError } from '../errors.js';

/** Documents, and `undefined` where it is the turn of other commands. */
export type Stream = Iterable<Doc | undefined>;

/** From one stream of documents to the next. */
export type Stage = (docs: Stream) => Stream;

/** A stage that makes some documents of each. */
export const each = (job: (doc: Doc) => Iterable<Doc>): Stage =>
  function* (docs) {
    for (const doc of docs)
      if (doc) yield* job(doc);
      else yield undefined;
  };

/** A stage that looks at all documents before it has any to give. `begin` is called for each run. */
export const collect = (begin: () => { take: (doc: Doc) => void; end: () => Iterable<Doc> }): Stage =>
  function* (docs) {
    const { take, end } = begin();
    for (const doc of docs)
      if (doc) take(doc);
      else yield undefined;
    yield* end();
  };

/** How many documents $limit lets through. Throws 15958 for none. */
export function limitOf(operand: Value): number {
  const limit = whole(operand, '$limit', 5107201);
  if (limit === 0) throw new CommandError(15958, 'the limit must be positive');
  return limit;
}

/** How many documents $skip passes over. */
export const skipOf = (operand: Value): number => whole(operand, '$skip', 5107200);

function whole(operand: Value, stage: string, code: number): number {
  const number = isNum(operand) ? toNumber(operand) : undefined;
  if (number !== undefined && Number.isInteger(number) && number >= 0) return number;
  const expected = number !== undefined && number < 0 ? 'a non-negative number' : 'an integer';
  throw new CommandError(code, `invalid argument to ${stage} stage: Expected ${expected} in: ${stage}`);
}
