// Embedded only: a store that version 0.1 wrote, without checksums, opens and becomes one of today, a document at a time.
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { open } from 'lmdb';
import { MongoClient } from 'mongodb';
import { checkStore } from '../../src/index.js';
import { filledStore } from '../support/damage.js';
import { describeEmbedded, startStore, temporaryDir } from '../support/store.js';

const FORMAT = Buffer.from([0x06]);
/** Kinds of keys whose values have a checksum of four bytes. */
const SEALED = new Set([0x01, 0x02, 0x10]);

const openFile = (dir: string) =>
  open<Buffer, Buffer>({
    path: join(dir, 'store.mdb'),
    noSubdir: true,
    keyEncoding: 'binary',
    encoding: 'binary',
    overlappingSync: false,
  });

/** Take the checksums away, as if version 0.1 had written the file. */
async function makeOld(dir: string): Promise<void> {
  const db = openFile(dir);
  const all = [...db.getRange({})].map(({ key, value }) => [Buffer.from(key), Buffer.from(value)] as const);
  await db.transaction(() => {
    for (const [key, value] of all) if (SEALED.has(key[0] ?? 0)) void db.put(key, value.subarray(0, -4));
    void db.put(FORMAT, Buffer.from([1]));
  });
  await db.close();
}

describeEmbedded('a store of version 0.1', () => {
  it('opens with all documents; what is written has a checksum then, and the check finds it whole', async () => {
    const place = temporaryDir();
    await filledStore(place.dir, 600);
    await makeOld(place.dir);
    const store = await startStore(place.dir);
    const client = await new MongoClient(store.url).connect();
    const notes = client.db().collection('notes');
    assert.equal((await notes.find().toArray()).length, 570);
    await notes.updateOne({ n: 500 }, { $set: { text: 'new' } });
    assert.equal((await notes.findOne({ n: 500 }))?.['text'], 'new');
    await client.close();
    await store.close();
    const { whole, problems } = await checkStore({ dir: place.dir });
    assert.deepEqual([whole, problems], [true, []]);
    const db = openFile(place.dir);
    assert.deepEqual(db.getBinary(FORMAT), Buffer.from([2]), 'version 0.1 will not take it for its own');
    const documents = [...db.getRange({ start: Buffer.from([0x10]), end: Buffer.from([0x11]) })];
    const sealed = documents.filter(({ value }) => value.length === value.readInt32LE(0) + 4);
    assert.deepEqual([documents.length, sealed.length], [570, 1]);
    await db.close();
    place.remove();
  });
});
