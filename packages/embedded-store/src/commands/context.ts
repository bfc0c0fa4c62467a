// What every command is given, and the checks they share.
import type { EncodableDoc } from '../bson/encode.js';
import type { RawDoc } from '../bson/decode.js';
import { isDoc, toNumber, truthy, typeName, type Doc } from '../bson/values.js';
import type { Budget } from '../budget.js';
import type { Cursors } from '../cursors.js';
import { CommandError, notImplemented } from '../errors.js';
import type { Storage } from '../storage.js';
import { checkNamespace } from '../catalog.js';

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

/** Fields that any command may carry and that change nothing on one node whose writes are always durable. */
const COMMON = new Set([
  '$db',
  'lsid',
  '$clusterTime',
  '$readPreference',
  'readConcern',
  'writeConcern',
  'comment',
  'maxTimeMS',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
  '$configTime',
  '$topologyTime',
  'mayBypassWriteBlocking',
]);

/** Refuse fields this command does not know: an option unheard is a wrong answer. */
export function only(context: Context, ...known: string[]): void {
  const [name = ''] = context.command.keys();
  for (const field of context.command.keys()) {
    if (field === name || COMMON.has(field) || known.includes(field)) continue;
    if (field === 'collation' || field === 'let') throw notImplemented(field);
    throw new CommandError(40415, `BSON field '${name}.${field}' is an unknown field.`);
  }
}

/** Options that are known, and accepted as long as they ask for nothing. */
export function refuse(context: Context, ...fields: string[]): void {
  for (const field of fields) {
    const value = context.command.get(field);
    if (value === undefined || value === false || value === null) continue;
    if (isDoc(value) && value.size === 0) continue;
    throw notImplemented(`the option ${field}`);
  }
}

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

/** Check what COMMON lets through by name only. */
export function checkCommon(command: Doc): void {
  if (command.has('txnNumber') || command.has('startTransaction') || command.has('autocommit'))
    throw new CommandError(
      'IllegalOperation',
      'Transaction numbers are only allowed on a replica set member or mongos',
    );
  const concern = docField(command, 'readConcern');
  const level = concern?.get('level');
  if (level === 'snapshot') throw new CommandError(246, 'readConcern level snapshot is not supported by a standalone');
  const write = docField(command, 'writeConcern');
  const w = write?.get('w');
  const nodes = toNumber(w);
  if (nodes !== undefined && nodes > 1)
    throw new CommandError('BadValue', "cannot use 'w' > 1 when a host is not replicated");
  if (typeof w === 'string' && w !== 'majority')
    throw new CommandError(
      'BadValue',
      `cannot use non-majority 'w' mode "${w}" when a host is not a member of a replica set`,
    );
}
