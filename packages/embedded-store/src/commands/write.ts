// insert, update, delete, findAndModify: each runs whole inside one group commit.
import { RawDoc } from '../bson/decode.js';
import { encode, type Encodable, type EncodableDoc } from '../bson/encode.js';
import {
  Int32,
  isDoc,
  integer,
  ObjectId,
  Timestamp,
  toNumber,
  typeName,
  type Doc,
  type Value,
} from '../bson/values.js';
import { compareStrings, equal } from '../bson/compare.js';
import { checkStorable, insert as insertOne, remove, replace, type Stored } from '../documents.js';
import { CommandError } from '../errors.js';
import { matches, parseFilter, type MatchDetails, type Node } from '../match.js';
import { planFor, type SortField } from '../plan.js';
import { parseProjection } from '../projection.js';
import { parseSort, run, type Query } from '../scan.js';
import type { WriteView } from '../storage.js';
import { compileUpdate, type CompiledUpdate } from '../update.js';
import { compilePipelineUpdate } from '../update-pipeline.js';
import { collectionName, docField, flag, only, refuse, type Context } from './context.js';

/** hello's maxWriteBatchSize. */
export const MAX_BATCH = 100_000;

type Fields = Map<string, Encodable>;

export function insert(context: Context): Promise<EncodableDoc> {
  only(context, 'documents', 'ordered', 'bypassDocumentValidation');
  const name = collectionName(context);
  const docs = context.raw.get('documents') ?? [];
  checkBatch(docs.length);
  const prepared = docs.map((raw) => attemptTo(() => withId(raw)));
  return context.storage.write((view) => {
    let n = 0;
    const errors = eachStatement(prepared, ordered(context), (raw) => {
      if (raw instanceof CommandError) throw raw;
      insertOne(view, context.db, name, raw.bytes, raw.doc);
      n++;
    });
    return reply({ n: integer(n) }, errors);
  });
}

const attemptTo = <T>(job: () => T): T | CommandError => {
  try {
    return job();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
};

/** `_id` first, made if it is not there. Otherwise the bytes stay as they came. */
function withId(raw: RawDoc): RawDoc {
  const { doc } = raw;
  checkStorable(doc);
  const stamped = stampOf(doc);
  if (doc.keys().next().value === '_id' && stamped === doc) return raw;
  const id = doc.has('_id') ? doc.get('_id') : new ObjectId();
  return new RawDoc(encode(new Map<string, Value>([['_id', id], ...[...stamped].filter(([name]) => name !== '_id')])));
}

let stamps = 0;

/** An empty timestamp at the top of a document that is stored whole stands for the present one. */
function stampOf(doc: Doc): Doc {
  const empty = [...doc].filter(
    ([name, value]) => name !== '_id' && value instanceof Timestamp && value.t === 0 && value.i === 0,
  );
  if (empty.length === 0) return doc;
  const out = new Map(doc);
  for (const [name] of empty) out.set(name, new Timestamp({ t: Math.floor(Date.now() / 1000), i: ++stamps }));
  return out;
}

function checkBatch(length: number): void {
  if (length < 1 || length > MAX_BATCH)
    throw new CommandError(
      'InvalidLength',
      `Write batch sizes must be between 1 and ${MAX_BATCH}. Got ${length} operations.`,
    );
}

const ordered = (context: Context): boolean => context.command.get('ordered') !== false;

/** Run statements one after another; the errors of those that failed. Ordered: up to the first that fails. */
function eachStatement<T>(
  statements: readonly T[],
  inOrder: boolean,
  run: (statement: T, i: number) => void,
): Fields[] {
  const errors: Fields[] = [];
  for (const [i, statement] of statements.entries()) {
    try {
      run(statement, i);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      errors.push(writeError(i, error));
      if (inOrder) break;
    }
  }
  return errors;
}

function writeError(i: number, error: CommandError): Fields {
  return new Map<string, Encodable>([
    ['index', new Int32(i)],
    ['code', new Int32(error.code)],
    ...error.extra,
    ['errmsg', error.message],
  ]);
}

function reply(fields: Record<string, Encodable>, errors: Fields[]): EncodableDoc {
  const out: Fields = new Map(Object.entries(fields).filter(([, value]) => value !== undefined));
  if (errors.length) out.set('writeErrors', errors);
  out.set('ok', 1);
  return out;
}

/** The documents of a statement field such as `updates`. */
function statementsOf(context: Context, field: string): Doc[] {
  const raw = context.raw.get(field);
  if (raw) return raw.map(({ doc }) => doc);
  const list = context.command.get(field);
  if (!Array.isArray(list)) throw new CommandError(40414, `BSON field '${field}' is missing but a required field`);
  return list.map((item) => {
    if (!isDoc(item)) throw new CommandError('TypeMismatch', `BSON field '${field}' must hold objects`);
    return item;
  });
}

export type Change =
  | { readonly kind: 'operators'; readonly update: CompiledUpdate }
  | { readonly kind: 'pipeline'; readonly run: (doc: Doc) => Doc }
  | { readonly kind: 'replacement'; readonly doc: Doc };

export function parseChange(value: Value, now: Date): Change {
  if (Array.isArray(value)) return { kind: 'pipeline', run: compilePipelineUpdate(value, now) };
  if (!isDoc(value)) throw new CommandError('FailedToParse', 'Update argument must be either an object or an array');
  const [first] = value.keys();
  if (first?.startsWith('$')) return { kind: 'operators', update: compileUpdate(value) };
  checkStorable(value);
  return { kind: 'replacement', doc: stampOf(value) };
}

interface Statement {
  readonly filterDoc: Doc;
  readonly filter: Node;
  readonly change: Change;
  readonly multi: boolean;
  readonly upsert: boolean;
  readonly sort: readonly SortField[];
  readonly hint: Value;
  readonly arrayFilters: ReadonlyMap<string, Node>;
  readonly now: Date;
}

export function parseStatement(source: Doc, names: { filter: string; change: string }): Statement {
  const now = new Date();
  const filterDoc = docField(source, names.filter) ?? new Map<string, Value>();
  const change = parseChange(source.get(names.change), now);
  const multi = flag(source, 'multi');
  if (multi && change.kind === 'replacement')
    throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
  const arrayFilters = parseArrayFilters(source.get('arrayFilters'), change);
  return {
    filterDoc,
    filter: parseFilter(filterDoc, { NOW: now }),
    change,
    multi,
    upsert: flag(source, 'upsert'),
    sort: parseSort(source.get('sort')),
    hint: source.get('hint'),
    arrayFilters,
    now,
  };
}

function parseArrayFilters(value: Value, change: Change): Map<string, Node> {
  const out = new Map<string, Node>();
  const wanted = change.kind === 'operators' ? change.update.filters : new Set<string>();
  if (value !== undefined && value !== null) {
    if (!Array.isArray(value)) throw new CommandError('TypeMismatch', "BSON field 'arrayFilters' must be an array");
    if (change.kind !== 'operators' && value.length)
      throw new CommandError(
        'FailedToParse',
        'arrayFilters may not be specified for replacement-style or pipeline updates',
      );
    for (const item of value) {
      if (!isDoc(item)) throw new CommandError('TypeMismatch', 'arrayFilters must hold objects');
      const name = filterName(item);
      if (!name)
        throw new CommandError(
          'FailedToParse',
          'Cannot use an expression without a top-level field name in arrayFilters',
        );
      if (out.has(name))
        throw new CommandError(
          'FailedToParse',
          `Found multiple array filters with the same top-level field name ${name}`,
        );
      if (!wanted.has(name))
        throw new CommandError('FailedToParse', `The array filter for identifier '${name}' was not used in the update`);
      out.set(name, parseFilter(item));
    }
  }
  for (const name of wanted)
    if (!out.has(name)) throw new CommandError('BadValue', `No array filter found for identifier '${name}'`);
  return out;
}

/** The one identifier an array filter speaks about, also inside $and and $or. */
function filterName(filter: Doc): string | undefined {
  const names = new Set<string>();
  const visit = (part: Doc): void => {
    for (const [name, value] of part) {
      if (name.startsWith('$')) {
        if (!Array.isArray(value)) throw new CommandError('FailedToParse', `unsupported arrayFilters operator ${name}`);
        for (const item of value) if (isDoc(item)) visit(item);
      } else names.add(name.split('.')[0] as string);
    }
  };
  visit(filter);
  if (names.size > 1)
    throw new CommandError(
      'FailedToParse',
      'Error parsing array filter :: caused by :: Expected a single top-level field name',
    );
  return [...names][0];
}

interface Outcome {
  matched: number;
  modified: number;
  upserted?: Value;
  before?: Doc;
  after?: Doc;
}

export function runStatement(view: WriteView, context: Context, name: string, statement: Statement): Outcome {
  const outcome: Outcome = { matched: 0, modified: 0 };
  for (const stored of select(view, context, name, statement, statement.multi ? 0 : 1)) {
    const changed = changeOf(stored.doc, statement);
    outcome.matched++;
    outcome.before = stored.doc;
    outcome.after = changed;
    const bytes = encode(changed);
    if (bytes.equals(stored.bytes)) continue;
    replace(view, context.db, name, stored, changed, bytes);
    outcome.modified++;
  }
  if (outcome.matched === 0 && statement.upsert) upsert(view, context, name, statement, outcome);
  return outcome;
}

/** The matching documents, all found before the first is changed, so that none is met twice. */
function select(
  view: WriteView,
  context: Context,
  name: string,
  statement: Pick<Statement, 'filter' | 'sort' | 'hint'>,
  limit: number,
): Stored[] {
  const collection = view.catalog.get(context.db, name);
  if (!collection) return [];
  const query: Query = { filter: statement.filter, sort: statement.sort, skip: 0, limit, budget: context.budget };
  const plan = planFor(collection, statement.filter, statement.sort, statement.hint);
  return [...run(view, collection, plan, query, { keys: 0, docs: 0 })];
}

function changeOf(doc: Doc, statement: Statement): Doc {
  const { change } = statement;
  const id = doc.get('_id');
  let after: Doc;
  if (change.kind === 'operators') {
    const details: MatchDetails = {};
    if (change.update.usesPosition) matches(statement.filter, doc, details);
    after = change.update.apply(doc, {
      arrayFilters: statement.arrayFilters,
      position: details.index,
      inserting: false,
      now: statement.now,
    });
  } else if (change.kind === 'pipeline') after = keepingId(change.run(doc), id);
  else after = withOldId(change.doc, id);
  const newId = after.get('_id');
  if (newId === undefined || !equal(newId, id))
    throw new CommandError(
      'ImmutableField',
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    );
  return after;
}

/** A pipeline that drops `_id` changes all but that. */
const keepingId = (doc: Doc, id: Value): Doc =>
  doc.has('_id') || id === undefined ? doc : new Map<string, Value>([['_id', id], ...doc]);

function withOldId(replacement: Doc, id: Value): Doc {
  const given = replacement.get('_id');
  if (given !== undefined && !equal(given, id))
    throw new CommandError(
      'ImmutableField',
      "After applying the update, the (immutable) field '_id' was found to have been altered",
    );
  return new Map<string, Value>([['_id', id], ...[...replacement].filter(([name]) => name !== '_id')]);
}

function upsert(view: WriteView, context: Context, name: string, statement: Statement, outcome: Outcome): void {
  const { change } = statement;
  const seed = seedOf(statement.filterDoc, change.kind === 'replacement');
  let doc: Doc;
  if (change.kind === 'operators') {
    if (change.update.usesPosition)
      throw new CommandError('BadValue', 'The positional operator did not find the match needed from the query.');
    doc = change.update.apply(seed, {
      arrayFilters: statement.arrayFilters,
      position: undefined,
      inserting: true,
      now: statement.now,
    });
  } else if (change.kind === 'pipeline') doc = keepingId(change.run(seed), seed.get('_id'));
  else {
    doc = new Map(change.doc);
    if (!doc.has('_id') && seed.has('_id')) doc.set('_id', seed.get('_id'));
  }
  if (seed.has('_id') && !equal(doc.get('_id'), seed.get('_id')))
    throw new CommandError(
      'ImmutableField',
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    );
  const id = doc.has('_id') ? doc.get('_id') : new ObjectId();
  const whole: Doc = new Map<string, Value>([['_id', id], ...[...doc].filter(([field]) => field !== '_id')]);
  checkStorable(whole);
  insertOne(view, context.db, name, encode(whole), whole);
  outcome.upserted = id;
  outcome.after = whole;
}

/** The fields an upsert takes from its filter. The server keeps them in a map by path, so they come in the order of their names. */
function seedOf(filter: Doc, idOnly: boolean): Doc {
  const found: [path: string, value: Value][] = [];
  collectEqualities(filter, found, idOnly);
  found.sort(([a], [b]) => compareStrings(a, b));
  const seed: Doc = new Map();
  for (const [path, value] of found) plant(seed, path.split('.'), value, path);
  return seed;
}

/** Plain values and $eq, also inside $and and a one-armed $or or $in. */
function collectEqualities(filter: Doc, found: [path: string, value: Value][], idOnly: boolean): void {
  for (const [path, value] of filter) {
    if (path === '$and' && Array.isArray(value))
      for (const part of value) collectEqualities(part as Doc, found, idOnly);
    else if (path === '$or' && Array.isArray(value) && value.length === 1)
      collectEqualities(value[0] as Doc, found, idOnly);
    if (path.startsWith('$')) continue;
    const fixed = equalityOf(value);
    if (fixed === undefined || (idOnly && path !== '_id')) continue;
    found.push([path, fixed]);
  }
}

function equalityOf(value: Value): Value {
  if (typeName(value) === 'regex') return undefined;
  if (!isDoc(value)) return value;
  const [first] = value.keys();
  if (!first?.startsWith('$')) return value;
  if (value.has('$eq')) return value.get('$eq');
  const list = value.get('$all') ?? value.get('$in');
  return Array.isArray(list) && list.length === 1 && !isDoc(list[0]) && typeName(list[0]) !== 'regex'
    ? list[0]
    : undefined;
}

function plant(seed: Doc, parts: readonly string[], value: Value, path: string): void {
  let at = seed;
  for (const part of parts.slice(0, -1)) {
    let next = at.get(part);
    if (next === undefined) at.set(part, (next = new Map<string, Value>()));
    if (!isDoc(next))
      throw new CommandError(54, `cannot infer query fields to set, both paths '${path}' and '${part}' are matched`);
    at = next;
  }
  const last = parts.at(-1) as string;
  if (at.has(last)) throw new CommandError(54, `cannot infer query fields to set, path '${path}' is matched twice`);
  at.set(last, value);
}

export function update(context: Context): Promise<EncodableDoc> {
  only(context, 'updates', 'ordered', 'bypassDocumentValidation', 'let');
  refuse(context, 'let');
  const name = collectionName(context);
  const sources = statementsOf(context, 'updates');
  // a field that nobody knows is the command's failure, not its statement's
  for (const source of sources)
    known(source, 'update.updates', ['q', 'u', 'multi', 'upsert', 'arrayFilters', 'hint', 'collation', 'c', 'sort']);
  const statements = sources.map((source) =>
    attemptTo(() => {
      if (flag(source, 'multi') && source.has('sort'))
        throw new CommandError('FailedToParse', 'Cannot specify sort with multi=true');
      return parseStatement(source, { filter: 'q', change: 'u' });
    }),
  );
  checkBatch(statements.length);
  return context.storage.write((view) => {
    let n = 0;
    let modified = 0;
    const upserted: Fields[] = [];
    const errors = eachStatement(statements, ordered(context), (statement, i) => {
      if (statement instanceof CommandError) throw statement;
      const outcome = runStatement(view, context, name, statement);
      n += outcome.matched + (outcome.upserted === undefined ? 0 : 1);
      modified += outcome.modified;
      if (outcome.upserted !== undefined)
        upserted.push(
          new Map<string, Encodable>([
            ['index', new Int32(i)],
            ['_id', outcome.upserted],
          ]),
        );
    });
    return reply(
      { n: integer(n), nModified: integer(modified), upserted: upserted.length ? upserted : undefined },
      errors,
    );
  });
}

function known(source: Doc, what: string, fields: readonly string[]): void {
  for (const [field, value] of source) {
    if (field === 'collation' && value !== undefined && value !== null)
      throw new CommandError('NotImplemented', 'collation is not implemented by the embedded store');
    if (!fields.includes(field)) throw new CommandError(40415, `BSON field '${what}.${field}' is an unknown field.`);
  }
}

export function deleteCommand(context: Context): Promise<EncodableDoc> {
  only(context, 'deletes', 'ordered', 'let');
  refuse(context, 'let');
  const name = collectionName(context);
  const sources = statementsOf(context, 'deletes');
  for (const source of sources) known(source, 'delete.deletes', ['q', 'limit', 'hint', 'collation']);
  const statements = sources.map((source) =>
    attemptTo(() => {
      const limit = toNumber(source.get('limit'));
      if (limit !== 0 && limit !== 1)
        throw new CommandError('FailedToParse', `The limit field in delete objects must be 0 or 1. Got ${limit}`);
      return {
        filter: parseFilter(docField(source, 'q') ?? new Map<string, Value>(), { NOW: new Date() }),
        limit,
        hint: source.get('hint'),
        sort: [] as SortField[],
      };
    }),
  );
  checkBatch(statements.length);
  return context.storage.write((view) => {
    let n = 0;
    const errors = eachStatement(statements, ordered(context), (statement) => {
      if (statement instanceof CommandError) throw statement;
      n += deleteMatching(view, context, name, statement);
    });
    return reply({ n: integer(n) }, errors);
  });
}

function deleteMatching(
  view: WriteView,
  context: Context,
  name: string,
  statement: { filter: Node; limit: number; hint: Value; sort: SortField[] },
): number {
  const found = select(view, context, name, statement, statement.limit);
  for (const stored of found) remove(view, context.db, name, stored);
  return found.length;
}

export function findAndModify(context: Context): Promise<EncodableDoc> {
  only(
    context,
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'arrayFilters',
    'hint',
    'bypassDocumentValidation',
    'collation',
    'let',
  );
  refuse(context, 'collation', 'let');
  const { command } = context;
  const name = collectionName(context);
  const projection = parseProjection(docField(command, 'fields') ?? new Map<string, Value>(), { NOW: new Date() });
  const shape = (doc: Doc, filter: Node): Doc => {
    const details: MatchDetails = {};
    if (projection?.positional) matches(filter, doc, details);
    return projection ? projection.project(doc, details) : doc;
  };
  if (flag(command, 'remove')) {
    if (command.has('update')) throw new CommandError('FailedToParse', 'Cannot specify both an update and remove=true');
    if (flag(command, 'new'))
      throw new CommandError(
        'FailedToParse',
        "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document",
      );
    const filter = parseFilter(docField(command, 'query') ?? new Map<string, Value>(), { NOW: new Date() });
    const statement = { filter, sort: parseSort(command.get('sort')), hint: command.get('hint') };
    return context.storage.write((view) => {
      const [stored] = select(view, context, name, statement, 1);
      if (stored) remove(view, context.db, name, stored);
      return reply(
        {
          lastErrorObject: new Map<string, Encodable>([['n', new Int32(stored ? 1 : 0)]]),
          value: stored ? shape(stored.doc, filter) : null,
        },
        [],
      );
    });
  }
  if (!command.has('update'))
    throw new CommandError('FailedToParse', 'Either an update or remove=true must be specified');
  const statement = parseStatement(command, { filter: 'query', change: 'update' });
  return context.storage.write((view) => {
    const outcome = runStatement(view, context, name, statement);
    const shown = flag(command, 'new') ? outcome.after : outcome.before;
    return reply(
      {
        lastErrorObject: new Map<string, Encodable>([
          ['n', new Int32(outcome.matched || outcome.upserted !== undefined ? 1 : 0)],
          ['updatedExisting', outcome.matched > 0],
          ...(outcome.upserted === undefined ? [] : [['upserted', outcome.upserted] as [string, Encodable]]),
        ]),
        value: shown ? shape(shown, statement.filter) : null,
      },
      [],
    );
  });
}
