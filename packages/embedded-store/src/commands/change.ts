// Finds documents and changes them, for update, delete and findAndModify: in one transaction where finding them is quick, otherwise
// with pauses, so that a write that scans a collection does not stall the commands of others.
//
// Then the documents are looked for in a snapshot, and changed a slice at a time, each slice in a transaction of its own. A document that
// was changed in the meantime is changed only if it still matches. So one document changes at once and many do not, as in MongoDB.
import { CommandError, SHUTTING_DOWN } from '../errors.js';
import { planFor } from '../plan/planner.js';
import { matches } from '../query/match.js';
import { run } from '../scan/run.js';
import type { Collection } from '../storage/collection.js';
import { read, type Stored } from '../storage/documents.js';
import type { View, WriteView } from '../storage/view.js';
import { attempt, eachStatement, errorsOf, type Fields } from './batch.js';
import type { Context } from './context.js';
import { NOTHING, type Outcome, type Selection, sum } from './selection.js';

/** What a statement asks for. */
export interface Change extends Selection {
  /** 1: the first document in the order asked for; 0: all. */
  readonly limit: 0 | 1;
  /** Whether `apply` does something where nothing was found. */
  readonly upsert: boolean;
  /** Change what was found, or insert. Throws what the statement is to be refused with. */
  readonly apply: (view: WriteView, found: readonly Stored[]) => Outcome;
}

/** How often documents are looked for with pauses; if all that was found has changed by then, the search goes through without. */
const SEARCHES = 3;

/** Run statements one after another, as many in one transaction as are quick. The errors are those of single statements. */
export async function changeEach(
  context: Context,
  name: string,
  changes: readonly (Change | CommandError)[],
): Promise<{ outcomes: ReadonlyMap<number, Outcome>; errors: readonly Fields[] }> {
  const outcomes = new Map<number, Outcome>();
  const errors: Fields[] = [];
  for (let at = 0; at < changes.length;) {
    const quick = await context.storage.write((view) => {
      const done = new Map<number, Outcome>();
      const run = (change: Change, i: number) => {
        const outcome = atOnce(view, context, name, change);
        if (outcome) done.set(i, outcome);
        return outcome !== undefined;
      };
      return { done, ...eachStatement(context, changes, run, at) };
    });
    for (const [i, outcome] of quick.done) outcomes.set(i, outcome);
    errors.push(...quick.errors);
    at = quick.next;
    const long = changes[at];
    if (!long || long instanceof CommandError) continue;
    const outcome = await inSlices(context, name, long);
    const slow = errorsOf(context, outcome, at);
    if (!(outcome instanceof CommandError)) outcomes.set(at, outcome);
    errors.push(...slow.errors);
    at = slow.isEnd ? changes.length : at + 1;
  }
  return { outcomes, errors };
}

/** Run one statement. Rejects with what refuses it. */
export async function changeOne(context: Context, name: string, change: Change): Promise<Outcome> {
  const quick = await context.storage.write((view) => atOnce(view, context, name, change));
  const outcome = quick ?? (await inSlices(context, name, change));
  if (outcome instanceof CommandError) throw outcome;
  return outcome;
}

/** Undefined, and nothing changed, if the search takes so long that it is the others' turn. */
function atOnce(view: WriteView, context: Context, name: string, change: Change): Outcome | undefined {
  context.budget.begin();
  const found: Stored[] = [];
  for (const stored of search(view, context, view.catalog.get(context.db, name), change))
    if (stored) found.push(stored);
    else return undefined;
  return change.apply(view, found);
}

/** The matching documents, all found before the first is changed, so that none is met twice. */
function search(view: View, { budget }: Context, collection: Collection | undefined, change: Change) {
  if (!collection) return [];
  const { filter, sort, hint, limit } = change;
  const plan = planFor(collection, filter, sort, hint);
  return run(view, collection, plan, { filter, sort, skip: 0, limit, budget }, { keys: 0, docs: 0 });
}

/** With pauses. @returns what refuses the statement as a value; rejects if the store cannot write. */
async function inSlices(context: Context, name: string, change: Change): Promise<Outcome | CommandError> {
  const { storage, db } = context;
  for (let searches = 0; searches < SEARCHES; searches++) {
    const found = await storage.read((view) => recordsOf(view, context, name, change)).catch(refusal);
    if (found instanceof CommandError) return found;
    const { collection, records } = found;
    const outcome = await applyTo(context, name, change, found);
    if (outcome instanceof CommandError || outcome.matched > 0) return outcome;
    if (!change.upsert && (change.limit === 0 || records.length === 0)) return outcome;
    if (!change.upsert) continue; // somebody else was faster
    const inserted = await storage.write((view) =>
      view.catalog.get(db, name) === collection ? attempt(() => change.apply(view, [])) : undefined,
    );
    if (inserted) return inserted;
  }
  return storage.write((view) =>
    attempt(() => {
      const found = search(view, context, view.catalog.get(db, name), change);
      return change.apply(
        view,
        [...found].filter((stored) => stored !== undefined),
      );
    }),
  );
}

/** What was found in a snapshot: the collection as it was, and the numbers of documents. */
interface Found {
  readonly collection: Collection | undefined;
  readonly records: readonly number[];
}

function* recordsOf(view: View, context: Context, name: string, change: Change): Generator<undefined, Found> {
  const collection = view.catalog.get(context.db, name);
  const records: number[] = [];
  for (const stored of search(view, context, collection, change))
    if (stored) records.push(stored.record);
    else yield;
  return { collection, records };
}

/** Change what was found, a slice at a time. @returns what refused a document as a value: those before it stay changed. */
async function applyTo(
  context: Context,
  name: string,
  change: Change,
  { collection, records }: Found,
): Promise<Outcome | CommandError> {
  let total = NOTHING;
  for (let at = 0; at < records.length;) {
    const slice = await context.storage.write((view) => {
      context.budget.begin();
      const current = view.catalog.get(context.db, name);
      const isSame = current?.id === collection?.id; // not dropped meanwhile
      let outcome = NOTHING;
      let next = at;
      const refused = attempt(() => {
        for (; next < records.length && !context.budget.tick(); next++) {
          const stored = current && isSame ? read(view, current, records[next] as number) : undefined;
          if (stored && matches(change.filter, stored.doc)) outcome = sum(outcome, change.apply(view, [stored]));
        }
      });
      return { outcome, next, refused };
    });
    if (slice.refused) return slice.refused;
    total = sum(total, slice.outcome);
    at = slice.next;
  }
  return total;
}

function refusal(error: unknown): CommandError {
  if (error instanceof CommandError && error.code !== SHUTTING_DOWN) return error;
  throw error;
}
