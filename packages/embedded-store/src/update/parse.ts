// Updates made of operators: parsed once, with all that can be wrong about them, then applied to documents (apply.ts).
import { isDoc, typeName, type Doc } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { format } from '../format.js';
import { ONLY_MONGODB, OPERATORS, type Compute } from './operators.js';

/** One operator on one path. */
export interface Modification {
  readonly parts: readonly string[];
  readonly compute: Compute;
  /** Makes the containers on its way where they are missing. */
  readonly creates: boolean;
  /** Of $setOnInsert: does nothing to a document that is there. */
  readonly onInsertOnly: boolean;
}

/** Read `{ $set: { … }, $inc: { … } }`. Throws FailedToParse, ConflictingUpdateOperators, NotImplemented and kin. */
export function parseUpdate(update: Doc): Modification[] {
  const all: (Modification & { path: string })[] = [];
  for (const [name, fields] of update) {
    const operator = OPERATORS.get(name);
    if (!operator) throw unknownOperator(name);
    if (!isDoc(fields))
      throw new CommandError(
        'FailedToParse',
        `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {$mod: {<field>: ...}} not {${name}: ${format(fields)}}`,
      );
    for (const [path, operand] of fields)
      all.push({
        path,
        parts: splitPath(path),
        compute: operator.compile(operand, path),
        creates: operator.creates,
        onInsertOnly: name === '$setOnInsert',
      });
  }
  checkConflicts(all.map(({ path }) => path));
  return all.sort((a, b) => comparePaths(a.parts, b.parts));
}

const unknownOperator = (name: string): CommandError =>
  ONLY_MONGODB.has(name)
    ? notImplemented(`the update operator ${name}`)
    : new CommandError(
        'FailedToParse',
        `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );

function splitPath(path: string): string[] {
  if (path === '') throw new CommandError('EmptyFieldName', `An empty update path is not valid.`);
  const parts = path.split('.');
  for (const part of parts) {
    if (part === '')
      throw new CommandError(
        'EmptyFieldName',
        `The update path '${path}' contains an empty field name, which is not allowed.`,
      );
    if (/^\$(\[.*\])?$/.test(part)) throw notImplemented(`the positional path '${path}'`);
    if (part.startsWith('$'))
      throw new CommandError(
        'DollarPrefixedFieldName',
        `The dollar ($) prefixed field '${part}' in '${path}' is not valid for storage.`,
      );
  }
  return parts;
}

function checkConflicts(paths: readonly string[]): void {
  const seen = new Set<string>();
  for (const path of [...paths].sort()) {
    const above = paths.find((other) => path.startsWith(`${other}.`));
    if (above !== undefined || seen.has(path))
      throw new CommandError(
        'ConflictingUpdateOperators',
        `Updating the path '${path}' would create a conflict at '${above ?? path}'`,
      );
    seen.add(path);
  }
}

/** By name, numbers by value: so new fields come in the order in which the server adds them. */
function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i] as string, b[i] as string];
    if (left === right) continue;
    if (/^\d+$/.test(left) && /^\d+$/.test(right)) return Number(left) - Number(right);
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}
