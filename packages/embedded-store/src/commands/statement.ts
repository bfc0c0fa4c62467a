// One statement of update, or a findAndModify: what it looks for, and what it makes of what it finds.
import { equal } from '../bson/compare.js';
import { encodeStored } from '../bson/encode.js';
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { checkStorable, insert, replace, type Stored } from '../storage/documents.js';
import { CommandError, notImplemented } from '../errors.js';
import { parseFilter } from '../query/filter.js';
import type { Node } from '../query/node.js';
import { planFor } from '../plan/planner.js';
import type { SortField } from '../query/sort.js';
import { parseSort } from '../query/sort.js';
import { only, run } from '../scan/run.js';
import type { WriteView } from '../storage/view.js';
import { applyUpdate } from '../update/apply.js';
import { parseUpdate, type Modification } from '../update/parse.js';
import { seedOf } from '../update/upsert.js';
import { docOrEmpty, flag, type Context } from './context.js';
import { idFirst, withTimestamps } from './insert.js';

/** Which documents a statement is about. */
export interface Selection {
  readonly filter: Node;
  readonly sort: readonly SortField[];
  readonly hint: Value;
}

interface Statement extends Selection {
  readonly filterDoc: Doc;
  readonly change: Change;
  readonly multi: boolean;
  readonly upsert: boolean;
}

type Change =
  | { readonly kind: 'operators'; readonly modifications: readonly Modification[] }
  | { readonly kind: 'replacement'; readonly doc: Doc };

/** Read a statement; `names` says under which fields its filter and its change stand. */
export function parseStatement(source: Doc, names: { filter: string; change: string }): Statement {
  const filterDoc = docOrEmpty(source, names.filter);
  const change = parseChange(source.get(names.change));
  const multi = flag(source, 'multi');
  if (multi && change.kind === 'replacement')
    throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
  return {
    filterDoc,
    filter: parseFilter(filterDoc),
    change,
    multi,
    upsert: flag(source, 'upsert'),
    sort: parseSort(source.get('sort')),
    hint: source.get('hint'),
  };
}

function parseChange(value: Value): Change {
  if (Array.isArray(value)) throw notImplemented('an update written as a pipeline');
  if (!isDoc(value)) throw new CommandError('FailedToParse', 'Update argument must be either an object or an array');
  const [first] = value.keys();
  if (first?.startsWith('$')) return { kind: 'operators', modifications: parseUpdate(value) };
  checkStorable(value);
  return { kind: 'replacement', doc: withTimestamps(value) };
}

/** The matching documents, all found before the first is changed, so that none is met twice. `limit` 0 is all. */
export function select(view: WriteView, context: Context, name: string, selection: Selection, limit: number): Stored[] {
  const collection = view.catalog.get(context.db, name);
  if (!collection) return [];
  const { filter, sort, hint } = selection;
  const plan = planFor(collection, filter, sort, hint);
  const query = { filter, sort, skip: 0, limit, budget: context.budget };
  return [...only(run(view, collection, plan, query, { keys: 0, docs: 0 }))];
}

interface Outcome {
  matched: number;
  modified: number;
  upserted?: Value;
  before?: Doc;
  after?: Doc;
}

/** Change what matches, or insert a document where nothing does and the statement upserts. */
export function runStatement(view: WriteView, context: Context, name: string, statement: Statement): Outcome {
  const outcome: Outcome = { matched: 0, modified: 0 };
  for (const stored of select(view, context, name, statement, statement.multi ? 0 : 1)) {
    const changed = changeOf(stored.doc, statement.change);
    outcome.matched++;
    outcome.before = stored.doc;
    outcome.after = changed;
    const bytes = encodeStored(changed);
    if (bytes.equals(stored.bytes)) continue;
    replace(view, context.db, name, stored, changed, bytes);
    outcome.modified++;
  }
  if (outcome.matched > 0 || !statement.upsert) return outcome;
  const made = upserted(statement);
  insert(view, context.db, name, encodeStored(made), made);
  return { ...outcome, upserted: made.get('_id'), after: made };
}

function changeOf(doc: Doc, change: Change): Doc {
  const id = doc.get('_id');
  const after = change.kind === 'operators' ? applyUpdate(doc, change.modifications, false) : withId(change.doc, id);
  checkId(after, id);
  return after;
}

/** The replacement under the `_id` of what it replaces. */
function withId(replacement: Doc, id: Value): Doc {
  const given = replacement.get('_id');
  if (given !== undefined && !equal(given, id))
    throw new CommandError(
      'ImmutableField',
      "After applying the update, the (immutable) field '_id' was found to have been altered",
    );
  return idFirst(new Map(replacement).set('_id', id));
}

function checkId(doc: Doc, id: Value): void {
  const now = doc.get('_id');
  if (now === undefined || !equal(now, id))
    throw new CommandError(
      'ImmutableField',
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    );
}

/** The document that an upsert inserts. */
function upserted({ filterDoc, change }: Statement): Doc {
  const seed = seedOf(filterDoc, change.kind === 'replacement');
  const made =
    change.kind === 'operators'
      ? applyUpdate(seed, change.modifications, true)
      : new Map<string, Value>([...seed, ...change.doc]);
  if (seed.has('_id')) checkId(made, seed.get('_id'));
  const whole = idFirst(made);
  checkStorable(whole);
  return whole;
}
