// createIndexes: in one transaction where the collection is small. A large one is indexed a slice at a time: from the first moment on
// every write keeps the new indexes up, so that only the documents from before it are left to be gone through.
import type { Encodable, EncodableDoc } from '../bson/encode.js';
import { equal } from '../bson/compare.js';
import { Int32, type Doc } from '../bson/values.js';
import { CommandError } from '../errors.js';
import { format } from '../format.js';
import type { Collection } from '../storage/collection.js';
import { between, buildIndex } from '../storage/documents.js';
import { parseIndex, samePattern, type Index } from '../storage/index-definition.js';
import type { WriteView } from '../storage/view.js';
import { attempt } from './batch.js';
import type { Context } from './context.js';

/** Documents that are indexed in one transaction. */
const AT_ONCE = 1000;
/** MongoDB's IndexBuildAborted. */
const ABORTED = 276;

/** Make the indexes that are not there yet: all of them or none. */
export async function buildIndexes(context: Context, name: string, specs: readonly Doc[]): Promise<EncodableDoc> {
  const quick = () => context.storage.write((view) => buildAtOnce(view, context.db, name, specs));
  return (await quick()) ?? context.storage.build(async () => (await quick()) ?? inSlices(context, name, specs));
}

/** Undefined, and nothing done, if the collection is too large for it. */
function buildAtOnce(view: WriteView, db: string, name: string, specs: readonly Doc[]): EncodableDoc | undefined {
  const existing = view.catalog.get(db, name);
  const fresh = missing(view, existing, specs);
  if (fresh.length > 0 && (existing?.count ?? 0) > AT_ONCE) return undefined;
  const draft = view.catalog.draft(db, name);
  const before = draft.indexes;
  draft.indexes = [...before, ...fresh];
  if (fresh.length > 0) view.catalog.reshape(draft);
  try {
    for (const index of fresh) buildIndex(view, draft, index, between(view, draft, 0, draft.nextRecord));
  } catch (error) {
    for (const { id } of fresh) view.catalog.purge(id);
    draft.indexes = before;
    throw error;
  }
  return reply(before.length, before.length + fresh.length, !existing);
}

/** Those of the specs that the collection does not have. Throws IndexOptionsConflict and the like, and CannotCreateIndex for too many. */
function missing(view: WriteView, collection: Collection | undefined, specs: readonly Doc[]): Index[] {
  const fresh: Index[] = [];
  const { indexes = [] } = collection ?? {};
  for (const spec of specs) {
    const index = parseIndex(spec, view.catalog.takeId());
    if (alreadyThere([...indexes, ...fresh], index)) continue;
    if (indexes.length + fresh.length >= 64)
      throw new CommandError('CannotCreateIndex', 'add index fails, too many indexes for collection');
    fresh.push(index);
  }
  return fresh;
}

async function inSlices(context: Context, name: string, specs: readonly Doc[]): Promise<EncodableDoc> {
  const { storage, db } = context;
  const { id, until, fresh } = await storage.write((view) => begin(view, db, name, specs));
  const ids = new Set(fresh.map((index) => index.id));
  try {
    for (let at = 0; at < until;) {
      const slice = await storage.write((view) => indexSlice(view, context, id, name, ids, at, until));
      if (slice instanceof CommandError) throw slice;
      at = slice;
    }
    return await storage.write((view) => {
      const { draft } = current(view, db, name, id, ids);
      const before = draft.indexes.length;
      draft.indexes = [...draft.indexes, ...draft.building.filter((index) => ids.has(index.id))];
      draft.building = draft.building.filter((index) => !ids.has(index.id));
      for (const one of ids) view.catalog.purged(view, one);
      view.catalog.reshape(draft);
      return reply(before, draft.indexes.length, false);
    });
  } catch (error) {
    await storage
      .write((view) => {
        const { draft } = current(view, db, name, id, ids);
        draft.building = draft.building.filter((index) => !ids.has(index.id));
      })
      .catch(() => undefined); // the collection is gone, or the store is: what was built is marked to be erased
    throw error;
  }
}

/** From here on writes keep the indexes up. They are marked to be erased, which is what becomes of them if the process ends meanwhile. */
function begin(view: WriteView, db: string, name: string, specs: readonly Doc[]) {
  const fresh = missing(view, view.catalog.get(db, name), specs);
  const draft = view.catalog.draft(db, name);
  draft.building = [...draft.building, ...fresh];
  for (const { id } of fresh) view.catalog.purge(id);
  view.catalog.reshape(draft);
  return { id: draft.id, until: draft.nextRecord, fresh };
}

/** @returns the record number that is next, or what refuses a document. */
function indexSlice(
  view: WriteView,
  context: Context,
  collection: number,
  name: string,
  ids: ReadonlySet<number>,
  from: number,
  until: number,
): number | CommandError {
  context.budget.begin();
  const { draft, building } = current(view, context.db, name, collection, ids);
  return attempt(() => {
    for (const stored of between(view, draft, from, until)) {
      for (const index of building) buildIndex(view, draft, index, [stored]);
      if (context.budget.tick()) return stored.record + 1;
    }
    return until;
  });
}

/** Throws IndexBuildAborted if the collection was dropped meanwhile. */
function current(view: WriteView, db: string, name: string, id: number, ids: ReadonlySet<number>) {
  if (view.catalog.get(db, name)?.id !== id)
    throw new CommandError(ABORTED, `Index build aborted: collection ${db}.${name} was dropped`);
  const draft = view.catalog.draft(db, name);
  return { draft, building: draft.building.filter((index) => ids.has(index.id)) };
}

const reply = (before: number, after: number, created: boolean): EncodableDoc =>
  new Map<string, Encodable>([
    ['numIndexesBefore', new Int32(before)],
    ['numIndexesAfter', new Int32(after)],
    ['createdCollectionAutomatically', created],
    ...(after === before ? [['note', 'all indexes already exist'] as [string, Encodable]] : []),
    ['ok', 1],
  ]);

function alreadyThere(indexes: readonly Index[], index: Index): boolean {
  const key = index.spec.get('key') as Doc;
  const partial = index.spec.get('partialFilterExpression');
  for (const other of indexes) {
    const own = samePattern(other.spec.get('key') as Doc, key);
    if (own && other.name === '_id_') return true;
    // what distinguishes two indexes, whatever their names; all else is an option
    const same =
      own &&
      equal(other.spec.get('partialFilterExpression') ?? null, partial ?? null) &&
      other.unique === index.unique &&
      other.sparse === index.sparse;
    const sameOptions = other.expireAfterSeconds === index.expireAfterSeconds;
    if (other.name === index.name) {
      if (same && sameOptions) return true;
      throw same
        ? new CommandError(
            'IndexOptionsConflict',
            `An equivalent index already exists with the same name but different options. Requested index: ${format(index.spec)}, existing index: ${format(other.spec)}`,
          )
        : new CommandError(
            'IndexKeySpecsConflict',
            `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${format(index.spec)}, existing index: ${format(other.spec)}`,
          );
    }
    if (!same) continue;
    throw new CommandError(
      'IndexOptionsConflict',
      sameOptions
        ? `Index already exists with a different name: ${other.name}`
        : `An equivalent index already exists with a different name and options. Requested index: ${format(index.spec)}, existing index: ${format(other.spec)}`,
    );
  }
  return false;
}
