/** `npm run move`: copies the embedded store of a stopped site to a MongoDB, and compares what arrived with what was there. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { mongo } from 'mongoose';
import { isStoreOpen, startEmbeddedStore } from 'mongoose-embedded-store';
import { Refusal } from '../site/refusal.js';
import { DATABASE, NEVER_MS } from './pictures.js';

/** Documents sent at once: of the largest messages, far below what one command may hold. */
const BATCH = 500;
/** Milliseconds in which the target must be found. */
const FIND_MS = 5_000;
/** The collection on which the indexes are tried; the site has none of that name. */
const TRIAL = 'move_trial';
/** Numbers keep their types: an int stays an int, a double a double. */
const EXACT = { promoteValues: false, bsonRegExp: true } as const;

/** Collection -> documents. */
export type Moved = Record<string, number>;

/**
 * Copy all collections and their indexes. The store is left as it was. A target that cannot keep the indexes is refused while it
 * is still empty; if anything fails after that, it holds what had arrived.
 * @param dataDir of the embedded store; no site runs on it, and none can start there meanwhile.
 * @param url of the database to fill, which must hold no document.
 * @throws Refusal if a site runs, if there is no store, if the target holds documents or refuses an index, or
 * if what arrived is not what was sent.
 */
export async function moveStore(dataDir: string, url: string): Promise<Moved> {
  if (!existsSync(path.join(dataDir, 'store.mdb')))
    throw new Refusal(`there is no store in ${dataDir}: nothing to move`);
  if (await isStoreOpen({ dir: dataDir })) throw new Refusal(`a site runs on ${dataDir}: stop it first`);
  const target = new mongo.MongoClient(url, {
    serverSelectionTimeoutMS: FIND_MS,
    writeConcern: { w: 'majority', j: true },
    retryWrites: false,
  });
  try {
    await demandEmpty(target.db());
    const store = await startEmbeddedStore({ dir: dataDir, database: DATABASE, ttlIntervalMs: NEVER_MS });
    const source = new mongo.MongoClient(store.url);
    try {
      await tryIndexes(source.db(), target.db());
      return await copyAll(source.db(), target.db());
    } finally {
      await source.close();
      await store.close();
    }
  } finally {
    await target.close();
  }
}

/** @throws Refusal if there is no answer, or a document. */
async function demandEmpty(db: mongo.Db): Promise<void> {
  const listed = await db
    .listCollections()
    .toArray()
    .catch((error: unknown) => {
      throw new Refusal(`the database to fill cannot be used: ${(error as Error).message}`);
    });
  for (const { name } of listed.filter((one) => !one.name.startsWith('system.')))
    if (await db.collection(name).findOne())
      throw new Refusal(`the database "${db.databaseName}" is not empty: "${name}" holds documents. Name another one`);
}

const namesIn = async (db: mongo.Db): Promise<string[]> =>
  (await db.listCollections().toArray()).map(({ name }) => name).sort();

async function dropTrial(db: mongo.Db): Promise<void> {
  // Of a collection without indexes of its own there is none, and servers before MongoDB 7 do not drop what is not there.
  if ((await namesIn(db)).includes(TRIAL)) await db.collection(TRIAL).drop();
}

/** Make all indexes once, and take them away again: not every server that speaks MongoDB's protocol has what the site needs. */
async function tryIndexes(source: mongo.Db, target: mongo.Db): Promise<void> {
  try {
    for (const name of await namesIn(source)) {
      await copyIndexes(source.collection(name), target.collection(TRIAL));
      await dropTrial(target);
    }
  } catch (error) {
    await dropTrial(target).catch(() => undefined); // why it was refused is said, whatever becomes of this
    throw error;
  }
}

async function copyAll(source: mongo.Db, target: mongo.Db): Promise<Moved> {
  const moved: Moved = {};
  for (const name of await namesIn(source)) {
    moved[name] = await copyDocuments(source.collection(name), target.collection(name));
    // Indexes come last: an index that lets documents expire would take some before they are compared.
    await copyIndexes(source.collection(name), target.collection(name));
  }
  return moved;
}

/** @returns how many. @throws Refusal if the target has others. */
async function copyDocuments(source: mongo.Collection, target: mongo.Collection): Promise<number> {
  let batch: mongo.Document[] = [];
  const send = async () => {
    if (batch.length > 0) await target.insertMany(batch, { ordered: true });
    batch = [];
  };
  for await (const document of source.find({}, EXACT)) if (batch.push(document) === BATCH) await send();
  await send();
  const [here, there] = [await digestOf(source), await digestOf(target)];
  if (here.count !== there.count || here.digest !== there.digest)
    throw new Refusal(
      `"${source.collectionName}" has ${there.count} documents in the new database, ${here.count} in the store, or others: drop the new database and try again`,
    );
  return here.count;
}

/** The number of documents, and one digest of all their bytes in the order of `_id`. */
async function digestOf(collection: mongo.Collection): Promise<{ count: number; digest: string }> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const document of collection.find<Buffer>({}, { raw: true, sort: { _id: 1 } })) {
    hash.update(document);
    count++;
  }
  return { count, digest: hash.digest('hex') };
}

async function copyIndexes(source: mongo.Collection, target: mongo.Collection): Promise<void> {
  const wanted = await indexesOf(source);
  const beside = wanted.filter(({ name }) => name !== '_id_');
  if (beside.length > 0)
    await target.createIndexes(beside).catch((error: unknown) => {
      throw new Refusal(
        `the new database refused the indexes of "${source.collectionName}": ${(error as Error).message}`,
      );
    });
  const exists = (await target.countDocuments({}, { limit: 1 })) > 0 || beside.length > 0;
  const made = exists ? await indexesOf(target) : wanted;
  if (!isDeepStrictEqual(made, wanted))
    throw new Refusal(`the new database does not keep the indexes of "${source.collectionName}" as they are`);
}

/** What an index is, without what a server adds to it. */
async function indexesOf(collection: mongo.Collection): Promise<mongo.IndexDescription[]> {
  const found = (await collection.indexes()) as (mongo.IndexDescription & { name: string })[];
  return found
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ key, name, unique, sparse, partialFilterExpression, expireAfterSeconds }) => ({
      key,
      name,
      ...(unique && { unique }),
      ...(sparse && { sparse }),
      ...(partialFilterExpression && { partialFilterExpression }),
      ...(expireAfterSeconds !== undefined && { expireAfterSeconds }),
    }));
}
