// What every command is given, and the checks that commands share.
import type { EncodableDoc } from '../bson/encode.js';
import type { RawDoc } from '../bson/decode.js';
import { isDoc, toNumber, truthy, typeName, type Doc, type Value } from '../bson/values.js';
import type { Budget } from '../budget.js';
import type { Cursors } from '../cursors.js';
import { CommandError } from '../errors.js';
import type { Storage } from '../storage/storage.js';
import { checkNamespace } from '../storage/collection.js';

export interface Context {
  readonly storage: Storage;
  readonly cursors: Cursors;
  readonly token: string | undefined;
  readonly connectionId: number;
  readonly db: string;
  readonly command: Doc;
  readonly raw: ReadonlyMap<string, readonly RawDoc[]>;
  readonly budget: Budget;
}

export type Command = (context: Context) => EncodableDoc | Promise<EncodableDoc>;

/** The collection named by the command's first field. */
export function collectionName(context: Context): string {
  const [[name, value] = ['', undefined]] = context.command;
  if (typeof value !== 'string')
    throw new CommandError('InvalidNamespace', `collection name has invalid type ${typeName(value)} (${name})`);
  checkNamespace(context.db, value);
  return value;
}

export function docField(source: Doc, field: string): Doc | undefined {
  const value = source.get(field);
  if (value === undefined || value === null) return undefined;
  if (!isDoc(value))
    throw new CommandError(
      'TypeMismatch',
      `BSON field '${field}' is the wrong type '${typeName(value)}', expected type 'object'`,
    );
  return value;
}

/** A filter, projection or the like; an empty document where there is none. */
export const docOrEmpty = (source: Doc, field: string): Doc => docField(source, field) ?? new Map<string, Value>();

export function countField(source: Doc, field: string): number | undefined {
  const value = source.get(field);
  if (value === undefined || value === null) return undefined;
  const number = toNumber(value);
  if (number === undefined)
    throw new CommandError(
      'TypeMismatch',
      `BSON field '${field}' is the wrong type '${typeName(value)}', expected types '[long, int, decimal, double]'`,
    );
  if (number < 0) throw new CommandError(51024, `BSON field '${field}' value must be >= 0, actual value '${number}'`);
  return Math.trunc(number);
}

export const flag = (source: Doc, field: string): boolean => truthy(source.get(field));

/** Check the fields that every command may carry: those that ask for what one node cannot give are refused. */
export function checkCommon(command: Doc): void {
  if (command.has('txnNumber') || command.has('startTransaction') || command.has('autocommit'))
    throw new CommandError(
      'IllegalOperation',
      'Transaction numbers are only allowed on a replica set member or mongos',
    );
  if (docField(command, 'readConcern')?.get('level') === 'snapshot')
    throw new CommandError(246, 'readConcern level snapshot is not supported by a standalone');
  const w = docField(command, 'writeConcern')?.get('w');
  if ((toNumber(w) ?? 0) > 1) throw new CommandError('BadValue', "cannot use 'w' > 1 when a host is not replicated");
  if (typeof w === 'string' && w !== 'majority')
    throw new CommandError(
      'BadValue',
      `cannot use non-majority 'w' mode "${w}" when a host is not a member of a replica set`,
    );
}
