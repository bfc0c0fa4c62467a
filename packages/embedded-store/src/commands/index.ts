// The table of commands, and the one way into them.
import { countCommand } from '../counters.js';
import type { EncodableDoc } from '../bson/encode.js';
import { Int32, toNumber } from '../bson/values.js';
import { Budget } from '../budget.js';
import type { Cursors } from '../cursors.js';
import { CommandError } from '../errors.js';
import type { Storage } from '../storage.js';
import type { Request } from '../wire.js';
import * as admin from './admin.js';
import { aggregate } from './aggregate.js';
import { checkCommon, type Command } from './context.js';
import { explain } from './explain.js';
import { count, distinct, find, getMore, killCursors } from './find.js';
import { createIndexes, dropIndexes, listIndexes } from './indexes.js';
import { deleteCommand, findAndModify, insert, update } from './write.js';

const COMMANDS = new Map<string, Command>([
  ['hello', admin.hello],
  ['isMaster', admin.hello],
  ['ismaster', admin.hello],
  ['ping', admin.ping],
  ['embeddedStoreToken', admin.token],
  ['buildInfo', admin.buildInfo],
  ['buildinfo', admin.buildInfo],
  ['connectionStatus', admin.connectionStatus],
  ['endSessions', admin.nothing],
  ['getLog', admin.getLog],
  ['getParameter', admin.getParameter],
  ['serverStatus', admin.serverStatus],
  ['listDatabases', admin.listDatabases],
  ['listCollections', admin.listCollections],
  ['create', admin.create],
  ['drop', admin.drop],
  ['dropDatabase', admin.dropDatabase],
  ['collStats', admin.collStats],
  ['dbStats', admin.dbStats],
  ['dbstats', admin.dbStats],
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
