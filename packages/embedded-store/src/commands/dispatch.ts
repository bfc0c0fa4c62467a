// The table of commands, and the one way into them.
import { countCommand } from '../counters.js';
import type { EncodableDoc } from '../bson/encode.js';
import { Int32, toNumber } from '../bson/values.js';
import { Budget } from '../budget.js';
import type { Cursors } from '../cursors.js';
import { CommandError } from '../errors.js';
import type { Storage } from '../storage/storage.js';
import type { Request } from '../wire/frames.js';
import { aggregate } from './aggregate.js';
import { create, drop, dropDatabase, listCollections, listDatabases } from './collections.js';
import { checkCommon, type Command } from './context.js';
import { count, distinct } from './count.js';
import { deleteCommand } from './delete.js';
import { explain } from './explain.js';
import { findAndModify } from './find-and-modify.js';
import { checkFields } from './fields.js';
import { find, getMore, killCursors } from './find.js';
import * as handshake from './handshake.js';
import { createIndexes, dropIndexes, listIndexes } from './indexes.js';
import { insert } from './insert.js';
import { collStats, dbStats, serverStatus } from './stats.js';
import { update } from './update.js';

const COMMANDS = new Map<string, Command>([
  ['hello', handshake.hello],
  ['isMaster', handshake.hello],
  ['ismaster', handshake.hello],
  ['ping', handshake.ping],
  ['embeddedStoreToken', handshake.token],
  ['buildInfo', handshake.buildInfo],
  ['buildinfo', handshake.buildInfo],
  ['connectionStatus', handshake.connectionStatus],
  ['endSessions', handshake.endSessions],
  ['getLog', handshake.getLog],
  ['getParameter', handshake.getParameter],
  ['serverStatus', serverStatus],
  ['listDatabases', listDatabases],
  ['listCollections', listCollections],
  ['create', create],
  ['drop', drop],
  ['dropDatabase', dropDatabase],
  ['collStats', collStats],
  ['dbStats', dbStats],
  ['dbstats', dbStats],
  ['insert', insert],
  ['update', update],
  ['delete', deleteCommand],
  ['findAndModify', findAndModify],
  ['findandmodify', findAndModify],
  ['find', find],
  ['getMore', getMore],
  ['killCursors', killCursors],
  ['count', count],
  ['distinct', distinct],
  ['aggregate', aggregate],
  ['explain', explain],
  ['createIndexes', createIndexes],
  ['listIndexes', listIndexes],
  ['dropIndexes', dropIndexes],
  ['deleteIndexes', dropIndexes],
]);

export interface Services {
  readonly storage: Storage;
  readonly cursors: Cursors;
  /** By which a loopback store is recognised, see owner.ts. */
  readonly token: string | undefined;
}

/** Run one request. Never throws for what a client did: the answer then says `ok: 0`. */
export async function answer(services: Services, connectionId: number, request: Request): Promise<EncodableDoc> {
  try {
    const { command, raw } = request;
    const [name = ''] = command.keys();
    const run = COMMANDS.get(name);
    if (!run) throw new CommandError('CommandNotFound', `no such command: '${name}'`);
    countCommand(name);
    const db = command.get('$db');
    if (typeof db !== 'string') throw new CommandError(40571, 'OP_MSG requests require a $db argument');
    checkCommon(command);
    checkFields(command);
    const limit = name === 'getMore' ? undefined : toNumber(command.get('maxTimeMS'));
    return await run({ ...services, connectionId, db, command, raw, budget: new Budget(limit) });
  } catch (error) {
    return failure(error);
  }
}

export function failure(error: unknown): EncodableDoc {
  const known = error instanceof CommandError ? error : new CommandError('InternalError', unexpected(error));
  return new Map<string, unknown>([
    ['ok', 0],
    ['errmsg', known.message],
    ['code', new Int32(known.code)],
    ['codeName', known.codeName],
    ...known.extra,
  ]);
}

function unexpected(error: unknown): string {
  if (error instanceof RangeError) return 'the operation is nested too deeply';
  return `unexpected error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
