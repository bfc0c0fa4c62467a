// Embedded only: a broken file is refused in one sentence before it is mapped, and what was lost in a store is never passed over.
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { checkStore } from '../../src/index.js';
import { brokenCopy, filledStore, noise, overwrite, pagesOf } from '../support/damage.js';
import { child, kill } from '../support/kill.js';
import { describeEmbedded, failure, startStore, temporaryDir } from '../support/store.js';

const COUNT = 2000;
const LEFT = COUNT - COUNT / 20;

/** What was done to a file. The process that opens it must refuse, and not be ended by a signal. */
const BROKEN: [name: string, file: string, breaking: (bytes: Buffer) => Buffer, says: RegExp][] = [
  ['cut in half', 'store.mdb', (bytes) => bytes.subarray(0, bytes.length / 2), /cut short/],
  ['emptied', 'store.mdb', () => Buffer.alloc(0), /it is empty.*move this file away/],
  ['cut to 100 bytes', 'store.mdb', (bytes) => bytes.subarray(0, 100), /broken|cut short/],
  ['cut to 4,096 bytes', 'store.mdb', (bytes) => bytes.subarray(0, 4096), /cut short/],
  ['all zero', 'store.mdb', (bytes) => Buffer.alloc(bytes.length), /no database file/],
  ['all random', 'store.mdb', (bytes) => noise(bytes.length, 1), /no database file/],
  ['a text', 'store.mdb', () => Buffer.from('Dear diary,\n'.repeat(1000)), /no database file/],
  ['pages from the third on zero', 'store.mdb', (bytes) => bytes.fill(0, 8192), /page \d+ is broken/],
  [
    'pages from the third on random',
    'store.mdb',
    (bytes) => (noise(bytes.length, 2).copy(bytes, 8192, 8192), bytes),
    /page/,
  ],
  [
    'its second meta page random',
    'store.mdb',
    (bytes) => overwrite(bytes, [1], (page) => noise(4096, 3).copy(page)),
    /meta page/,
  ],
  ['random', 'owner.mdb', (bytes) => noise(bytes.length, 4), /no database file.*remove this file/],
  ['cut to 5,000 bytes', 'owner.mdb', (bytes) => bytes.subarray(0, 5000), /remove this file/],
];

describeEmbedded('a damaged store', () => {
  const place = temporaryDir();
  const whole = join(place.dir, 'whole');
  let copies = 0;
  const broken = (name: string, breaking: (bytes: Buffer) => Buffer) =>
    brokenCopy(whole, join(place.dir, `broken${++copies}`), name, breaking);
  before(() => filledStore(whole, COUNT));
  after(() => place.remove());

  for (const [what, file, breaking, says] of BROKEN)
    it(`is refused by name: ${file}, ${what}`, async () => {
      const dir = broken(file, breaking);
      const opened = await child(dir);
      if (opened.process.exitCode === null) await once(opened.process, 'exit');
      assert.equal(opened.process.signalCode, null);
      assert.equal(opened.code, 'data_file_damaged');
      assert.match(opened.message ?? '', says);
      assert.ok(opened.message?.startsWith(`${join(dir, file)} is damaged: `), opened.message);
    });

  it('is refused, or answers whole or with an error, whichever page is overwritten', async () => {
    const outcomes = { refused: 0, error: 0, whole: 0 };
    for (let round = 0; round < 6; round++) {
      const dir = broken('store.mdb', (bytes) => {
        const pages = pagesOf(bytes);
        return overwrite(bytes, [2 + ((round * 41) % (pages - 2))], (page) => page.fill(round % 2 ? 0xff : 0));
      });
      const { whole: sound } = await checkStore({ dir });
      const opened = await child(dir);
      if (opened.code) {
        assert.equal(opened.code, 'data_file_damaged');
        assert.equal(sound, false);
        outcomes.refused++;
        continue;
      }
      const client = await new MongoClient(opened.url ?? '').connect();
      const notes = client.db().collection('notes');
      const found = await notes
        .find()
        .toArray()
        .catch((error: unknown) => error as Error);
      if (found instanceof Error) assert.match(found.message, /the collection app\.notes is damaged/);
      else assert.equal(found.length, LEFT);
      assert.equal(sound, !(found instanceof Error), 'the check says the same');
      outcomes[found instanceof Error ? 'error' : 'whole']++;
      await client.close();
      await kill(opened.process);
    }
    assert.ok(outcomes.refused > 0, JSON.stringify(outcomes));
  });

  it('does not answer with a document whose bytes have changed, and names its collection', async () => {
    const dir = broken('store.mdb', (bytes) => {
      bytes[bytes.indexOf('note 1234 ')] = 0x4e;
      return bytes;
    });
    const store = await startStore(dir);
    const client = await new MongoClient(store.url).connect();
    const notes = client.db().collection('notes');
    for (const ask of [
      () => notes.findOne({ n: 1234 }),
      () => notes.find().toArray(),
      () => notes.updateOne({ n: 1234 }, { $set: { text: 'new' } }),
      () => notes.aggregate([{ $group: { _id: '$text' } }]).toArray(),
    ]) {
      const error = await failure(ask());
      assert.equal(error.code, 22);
      assert.match(error.message, /the collection app\.notes is damaged: document \d+: .*checksum/);
    }
    assert.equal((await notes.findOne({ n: 1233 }))?.['n'], 1233, 'all others are answered');
    await notes.insertOne({ n: -1 });
    await client.close();
    await store.close();
    const report = await checkStore({ dir });
    assert.deepEqual([report.whole, report.problems.length], [false, 1]);
  });

  it('is found whole by the check, with all it holds, and not while somebody has it open', async () => {
    assert.deepEqual(await checkStore({ dir: whole }), {
      whole: true,
      problems: [],
      collections: [
        {
          name: 'app.notes',
          documents: LEFT,
          bytes: (await checkStore({ dir: whole })).collections[0]?.bytes,
          indexes: 3,
        },
      ],
    });
    const store = await startStore(whole);
    assert.equal(((await failure(checkStore({ dir: whole }))) as Error & { code: unknown }).code, 'data_dir_in_use');
    await store.close();
    assert.equal(
      ((await failure(checkStore({ dir: place.dir }))) as Error & { code: unknown }).code,
      'data_dir_unusable',
    );
  });
});
