// What insert, update and delete share: a batch of statements, each of which may fail by itself.
import type { Encodable, EncodableDoc } from '../bson/encode.js';
import { Int32, isDoc, type Doc } from '../bson/values.js';
import { CommandError } from '../errors.js';
import type { Context } from './context.js';

/** hello's maxWriteBatchSize. */
export const MAX_BATCH = 100_000;

/** The fields of one answer, or of one entry of `writeErrors`. */
export type Fields = Map<string, Encodable>;

export function checkBatch(length: number): void {
  if (length < 1 || length > MAX_BATCH)
    throw new CommandError(
      'InvalidLength',
      `Write batch sizes must be between 1 and ${MAX_BATCH}. Got ${length} operations.`,
    );
}

/** The documents of a statement field such as `updates`. */
export function statementsOf(context: Context, field: string): Doc[] {
  const raw = context.raw.get(field);
  if (raw) return raw.map(({ doc }) => doc);
  const list = context.command.get(field);
  if (!Array.isArray(list)) throw new CommandError(40414, `BSON field '${field}' is missing but a required field`);
  return list.map((item) => {
    if (!isDoc(item)) throw new CommandError('TypeMismatch', `BSON field '${field}' must hold objects`);
    return item;
  });
}

/** What `job` gives, or the CommandError it throws: a statement that cannot be parsed fails when its turn comes. */
export function attempt<T>(job: () => T): T | CommandError {
  try {
    return job();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}

/**
 * Run statements one after another, from the given one on; with `ordered` only up to the first that fails. `run` gives false for one
 * that it has left undone. @returns the errors of those that failed, and which is next: the one left undone, or none.
 */
export function eachStatement<T>(
  context: Context,
  statements: readonly (T | CommandError)[],
  run: (statement: T, i: number) => boolean,
  from = 0,
): { errors: Fields[]; next: number } {
  const errors: Fields[] = [];
  for (let i = from; i < statements.length; i++) {
    const statement = statements[i] as T | CommandError;
    const outcome = statement instanceof CommandError ? statement : attempt(() => run(statement, i));
    if (outcome === false) return { errors, next: i };
    const one = errorsOf(context, outcome, i);
    errors.push(...one.errors);
    if (one.isEnd) break;
  }
  return { errors, next: statements.length };
}

/** What statement number `i` adds to `writeErrors`, and whether it ends the command. */
export function errorsOf(context: Context, outcome: unknown, i: number): { errors: Fields[]; isEnd: boolean } {
  if (!(outcome instanceof CommandError)) return { errors: [], isEnd: false };
  return { errors: [writeError(i, outcome)], isEnd: context.command.get('ordered') !== false };
}

function writeError(i: number, error: CommandError): Fields {
  return new Map<string, Encodable>([
    ['index', new Int32(i)],
    ['code', new Int32(error.code)],
    ...error.extra,
    ['errmsg', error.message],
  ]);
}

/** An answer; fields whose value is undefined are left out. */
export function writeReply(fields: Record<string, Encodable>, errors: readonly Fields[] = []): EncodableDoc {
  const out: Fields = new Map(Object.entries(fields).filter(([, value]) => value !== undefined));
  if (errors.length) out.set('writeErrors', errors);
  out.set('ok', 1);
  return out;
}
