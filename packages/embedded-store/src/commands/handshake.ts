// What drivers and mongosh ask before they work: who is there, which release, which settings.
import type { Encodable, EncodableDoc } from '../bson/encode.js';
import { Int32 } from '../bson/values.js';
import { MAX_DOCUMENT_BYTES } from '../storage/documents.js';
import { CommandError } from '../errors.js';
import { MAX_MESSAGE_BYTES } from '../wire/frames.js';
import { MAX_BATCH } from './batch.js';
import { type Context } from './context.js';
import { docOf, reply } from './reply.js';

/** The server release whose commands and answers the store keeps to. */
export const VERSION = '6.0.0';
const MAX_WIRE_VERSION = 17;

export function hello(context: Context): EncodableDoc {
  const [name = ''] = context.command.keys();
  return reply({
    helloOk: true,
    [name === 'hello' ? 'isWritablePrimary' : 'ismaster']: true,
    maxBsonObjectSize: new Int32(MAX_DOCUMENT_BYTES),
    maxMessageSizeBytes: new Int32(MAX_MESSAGE_BYTES),
    maxWriteBatchSize: new Int32(MAX_BATCH),
    localTime: new Date(),
    logicalSessionTimeoutMinutes: new Int32(30),
    connectionId: new Int32(context.connectionId),
    minWireVersion: new Int32(0),
    maxWireVersion: new Int32(MAX_WIRE_VERSION),
    readOnly: false,
  });
}

export const ping = (): EncodableDoc => reply();

/** The store's own command: the secret by which a starter recognises a store on a loopback port. */
export const token = (context: Context): EncodableDoc => reply({ token: context.token });

/** Sessions hold nothing here, so there is nothing to end. */
export const endSessions = (): EncodableDoc => reply();

export const buildInfo = (): EncodableDoc =>
  reply({
    version: VERSION,
    gitVersion: 'mongoose-embedded-store',
    modules: ['embedded'],
    sysInfo: 'deprecated',
    versionArray: [...VERSION.split('.').map(Number), 0].map((part) => new Int32(part)),
    bits: new Int32(64),
    debug: false,
    maxBsonObjectSize: new Int32(MAX_DOCUMENT_BYTES),
    storageEngines: ['lmdb'],
  });

export const connectionStatus = (): EncodableDoc =>
  reply({ authInfo: docOf({ authenticatedUsers: [], authenticatedUserRoles: [] }) });

export const getLog = (): EncodableDoc => reply({ totalLinesWritten: new Int32(0), log: [] });

export function getParameter(context: Context): EncodableDoc {
  const known: Record<string, Encodable> = { featureCompatibilityVersion: docOf({ version: '6.0' }) };
  const found = Object.entries(known).filter(([name]) => context.command.has(name));
  if (found.length === 0) throw new CommandError('InvalidOptions', 'no option found to get');
  return reply(Object.fromEntries(found));
}
