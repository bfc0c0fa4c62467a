// What each command may say. To pass over an option would be a wrong answer, so what is not listed here is refused.
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';

interface Fields {
  readonly known?: readonly string[];
  /** Options that only MongoDB has: accepted as long as they ask for nothing. */
  readonly unsupported?: readonly string[];
}

/** Fields that any command may carry and that change nothing on one node whose writes are always durable. */
const COMMON = [
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
];

/** Kinds of collection that this store has not. */
const OTHER_KINDS = [
  'capped',
  'size',
  'max',
  'timeseries',
  'expireAfterSeconds',
  'clusteredIndex',
  'validator',
  'validationLevel',
  'validationAction',
  'viewOn',
  'pipeline',
  'collation',
  'storageEngine',
  'indexOptionDefaults',
  'changeStreamPreAndPostImages',
  'idIndex',
  'encryptedFields',
  'temp',
];

const FIND_AND_MODIFY: Fields = {
  known: ['query', 'sort', 'remove', 'update', 'new', 'fields', 'upsert', 'hint', 'bypassDocumentValidation'],
  unsupported: ['collation', 'let', 'arrayFilters'],
};
const DB_STATS: Fields = { known: ['scale'], unsupported: ['freeStorage'] };
const DROP_INDEXES: Fields = { known: ['index'] };

/** By name of command. A command that is not in here says what it likes: it asks about the server and has no options. */
const BY_COMMAND = new Map<string, Fields>([
  ['ping', {}],
  ['insert', { known: ['documents', 'ordered', 'bypassDocumentValidation'] }],
  ['update', { known: ['updates', 'ordered', 'bypassDocumentValidation'], unsupported: ['let'] }],
  ['delete', { known: ['deletes', 'ordered'], unsupported: ['let'] }],
  ['findAndModify', FIND_AND_MODIFY],
  ['findandmodify', FIND_AND_MODIFY],
  [
    'find',
    {
      known: [
        'filter',
        'sort',
        'projection',
        'hint',
        'skip',
        'limit',
        'batchSize',
        'singleBatch',
        'allowDiskUse',
        'allowPartialResults',
      ],
      unsupported: [
        'max',
        'min',
        'returnKey',
        'showRecordId',
        'tailable',
        'awaitData',
        'noCursorTimeout',
        'oplogReplay',
        'collation',
        'let',
      ],
    },
  ],
  ['getMore', { known: ['collection', 'batchSize'], unsupported: ['term', 'lastKnownCommittedOpTime'] }],
  ['killCursors', { known: ['cursors'] }],
  ['count', { known: ['query', 'limit', 'skip', 'hint', 'fields'], unsupported: ['collation'] }],
  ['distinct', { known: ['key', 'query', 'hint'], unsupported: ['collation'] }],
  [
    'aggregate',
    {
      known: ['pipeline', 'cursor', 'allowDiskUse', 'hint', 'bypassDocumentValidation'],
      unsupported: ['explain', 'collation', 'let'],
    },
  ],
  ['explain', { known: ['verbosity'] }],
  ['createIndexes', { known: ['indexes', 'commitQuorum'], unsupported: ['ignoreUnknownIndexOptions'] }],
  ['listIndexes', { known: ['cursor'], unsupported: ['includeBuildUUIDs', 'includeIndexBuildInfo'] }],
  ['dropIndexes', DROP_INDEXES],
  ['deleteIndexes', DROP_INDEXES],
  ['create', { known: ['autoIndexId'], unsupported: OTHER_KINDS }],
  ['drop', {}],
  ['dropDatabase', {}],
  ['listCollections', { known: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'] }],
  ['listDatabases', { known: ['filter', 'nameOnly', 'authorizedDatabases'] }],
  ['collStats', { known: ['scale'] }],
  ['dbStats', DB_STATS],
  ['dbstats', DB_STATS],
]);

/** All that a command may say, its own name and the common fields included. */
const KNOWN = new Map(
  [...BY_COMMAND].map(([name, { known = [] }]) => [name, new Set([name, ...COMMON, ...known])] as const),
);

/** Throws 40415 for a field that the command does not know, NotImplemented for an option that only MongoDB has. */
export function checkFields(command: Doc): void {
  const [name = ''] = command.keys();
  const known = KNOWN.get(name);
  if (!known) return;
  for (const [field, value] of command)
    if (!known.has(field)) checkUnsupported(name, field, value, BY_COMMAND.get(name)?.unsupported);
}

/** Like {@link checkFields}, for a document inside a command, such as one of its statements. `what` names it in errors. */
export function checkKnown(source: Doc, what: string, { known = [], unsupported }: Fields): void {
  for (const [field, value] of source) if (!known.includes(field)) checkUnsupported(what, field, value, unsupported);
}

function checkUnsupported(what: string, field: string, value: Value, unsupported: readonly string[] = []): void {
  if (!unsupported.includes(field)) throw new CommandError(40415, `BSON field '${what}.${field}' is an unknown field.`);
  if (!asksNothing(value)) throw notImplemented(`the option ${field} of ${what}`);
}

const asksNothing = (value: Value): boolean =>
  value === undefined ||
  value === false ||
  value === null ||
  (isDoc(value) && value.size === 0) ||
  (Array.isArray(value) && value.length === 0);
