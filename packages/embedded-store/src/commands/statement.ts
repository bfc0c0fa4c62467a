// One statement of update, or a findAndModify: what it looks for, and what it makes of what it finds.
import { equal } from '../bson/compare.js';
import { encodeStored } from '../bson/encode.js';
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { checkStorable, insert, replace, type Stored } from '../storage/documents.js';
import { CommandError, notImplemented } from '../errors.js';
import { parseFilter } from '../query/filter.js';
import { parseSort } from '../query/sort.js';
import type { WriteView } from '../storage/view.js';
import { applyUpdate } from '../update/apply.js';
import { parseUpdate, type Modification } from '../update/parse.js';
import { seedOf } from '../update/upsert.js';
import type { Change } from './change.js';
import { docOrEmpty, flag } from './context.js';
import { idFirst, withTimestamps } from './insert.js';
import { NOTHING, type Outcome, sum } from './selection.js';

type Modifier =
  | { readonly kind: 'operators'; readonly modifications: readonly Modification[] }
  | { readonly kind: 'replacement'; readonly doc: Doc };

/** Read a statement; `names` says under which fields its filter and its change stand. */
export function updateOf(source: Doc, names: { filter: string; change: string }, db: string, name: string): Change {
  const filterDoc = docOrEmpty(source, names.filter);
  const modifier = parseModifier(source.get(names.change));
  const multi = flag(source, 'multi');
  if (multi && modifier.kind === 'replacement')
    throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
  const upsert = flag(source, 'upsert');
  return {
    filter: parseFilter(filterDoc),
    sort: parseSort(source.get('sort')),
    hint: source.get('hint'),
    limit: multi ? 0 : 1,
    upsert,
    apply: (view, found) => {
      const outcome = changeAll(view, db, name, found, modifier);
      if (found.length > 0 || !upsert) return outcome;
      const made = upserted(filterDoc, modifier);
      insert(view, db, name, encodeStored(made), made);
      return { ...outcome, upserted: made.get('_id'), after: made };
    },
  };
}

function parseModifier(value: Value): Modifier {
  if (Array.isArray(value)) throw notImplemented('an update written as a pipeline');
  if (!isDoc(value)) throw new CommandError('FailedToParse', 'Update argument must be either an object or an array');
  const [first] = value.keys();
  if (first?.startsWith('$')) return { kind: 'operators', modifications: parseUpdate(value) };
  checkStorable(value);
  return { kind: 'replacement', doc: withTimestamps(value) };
}

function changeAll(view: WriteView, db: string, name: string, found: readonly Stored[], modifier: Modifier): Outcome {
  let outcome = NOTHING;
  for (const stored of found) {
    const after = changeOf(stored.doc, modifier);
    const bytes = encodeStored(after);
    const modified = bytes.equals(stored.bytes) ? 0 : 1;
    if (modified) replace(view, db, name, stored, after, bytes);
    outcome = sum(outcome, { matched: 1, modified, before: stored.doc, after });
  }
  return outcome;
}

function changeOf(doc: Doc, change: Modifier): Doc {
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
function upserted(filterDoc: Doc, change: Modifier): Doc {
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
