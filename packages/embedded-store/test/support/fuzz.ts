// Random commands: frames that are damaged, and good frames that carry anything. Fast-check makes what it finds small.
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { serialize, type Document } from 'bson';
import fc, { type Arbitrary } from 'fast-check';
import { ask, connect, message } from './frames.js';

export interface FuzzOptions {
  readonly seed: number;
  readonly runs: number;
}

const FIELDS = ['a', 'b', 'a.b', 'a.0', '_id', '', '$a', 'a..b', '__proto__'];
const OPERATORS = [
  ...[
    '$eq',
    '$ne',
    '$gt',
    '$in',
    '$nin',
    '$all',
    '$size',
    '$exists',
    '$type',
    '$regex',
    '$options',
    '$elemMatch',
    '$not',
  ],
  ...[
    '$and',
    '$or',
    '$nor',
    '$expr',
    '$mod',
    '$set',
    '$unset',
    '$inc',
    '$push',
    '$pull',
    '$addToSet',
    '$each',
    '$slice',
  ],
  ...[
    '$setOnInsert',
    '$min',
    '$max',
    '$mul',
    '$rename',
    '$pop',
    '$match',
    '$group',
    '$sum',
    '$first',
    '$sort',
    '$limit',
  ],
  ...['$skip', '$project', '$unwind', '$count', '$lookup', '$where'],
];

/** Documents of names that mean something, with anything in them. */
const { document } = fc.letrec<{ document: Document; value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.double(),
      fc.string({ maxLength: 5 }),
      fc.constantFrom('$a', '$$ROOT', 'a', '[', '(a+)+$'),
      fc.boolean(),
      fc.constant(null),
      fc.date(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.constantFrom(/a/u, Buffer.from('ab')),
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('document'),
  ),
  document: fc
    .array(fc.tuple(fc.constantFrom(...FIELDS, ...OPERATORS), tie('value')), { maxLength: 3 })
    .map((pairs) => Object.fromEntries<unknown>(pairs)),
}));
const anything = fc.oneof(document, fc.array(document, { maxLength: 3 }), fc.integer(), fc.string({ maxLength: 4 }));

/** Commands of a collection that nobody else uses. Each has some of its arguments replaced. */
const command: Arbitrary<Document> = fc
  .constantFrom<Document>(
    { find: 'z', filter: { a: 1 }, sort: { b: 1 }, projection: { a: 1 }, limit: 2, skip: 0, batchSize: 2 },
    { count: 'z', query: { a: 1 }, limit: 1, skip: 0 },
    { distinct: 'z', key: 'a', query: {} },
    { insert: 'z', documents: [{ a: 1 }], ordered: true },
    { update: 'z', updates: [{ q: { a: 1 }, u: { $set: { b: 1 } }, multi: true, upsert: false }] },
    { delete: 'z', deletes: [{ q: { a: 1 }, limit: 0 }] },
    { findAndModify: 'z', query: { a: 1 }, update: { $inc: { n: 1 } }, sort: { a: 1 }, fields: { a: 1 }, new: true },
    { aggregate: 'z', pipeline: [{ $match: { a: 1 } }, { $group: { _id: '$a', n: { $sum: 1 } } }], cursor: {} },
    { createIndexes: 'z', indexes: [{ key: { a: 1 }, name: 'a_1', unique: false }] },
    { explain: { find: 'z', filter: { a: 1 } } },
    { getMore: 1, collection: 'z' },
    { killCursors: 'z', cursors: [] },
  )
  .chain((good) =>
    fc
      .array(fc.tuple(fc.constantFrom(...Object.keys(good).slice(1), 'extra'), anything), {
        minLength: 1,
        maxLength: 2,
      })
      .map((changes) => ({ ...good, ...Object.fromEntries(changes) })),
  )
  .chain((changed) =>
    fc.oneof(
      fc.constant(changed),
      document.map((u) => ('updates' in changed ? { ...changed, updates: [{ q: {}, u, upsert: true }] } : changed)),
      document.map((stage) => ('pipeline' in changed ? { ...changed, pipeline: [stage] } : changed)),
    ),
  );

/** Damaged frames: whatever they say, the store goes on. */
export function fuzzFrames(url: string, db: string, { seed, runs }: FuzzOptions): Promise<void> {
  const good = message({ find: 'z', filter: { a: { $in: [1, 'x', null] } }, sort: { b: 1 }, $db: db });
  const change = fc.record({
    at: fc.nat({ max: good.length - 1 }),
    put: fc.uint8Array({ maxLength: 3 }),
    drop: fc.nat({ max: 4 }),
  });
  const damaged = fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce(
        (now, { at, put, drop }) => Buffer.concat([now.subarray(0, at), put, now.subarray(at + drop)]),
        good,
      ),
    );
  const send = async (bytes: Buffer) => {
    const socket = await connect(url);
    socket.resume().end(bytes);
    if (!socket.closed) await once(socket, 'close');
  };
  return fc.assert(fc.asyncProperty(damaged, send), { seed, numRuns: runs });
}

/** Good frames with random commands: each is answered, by what it asked for or by a refusal that names no inside. */
export async function fuzzCommands(url: string, db: string, { seed, runs }: FuzzOptions): Promise<void> {
  const socket = await connect(url);
  const send = async (body: Document) => {
    const reply = await ask(socket, message(Buffer.from(serialize({ ...body, $db: db }))));
    assert.ok(typeof reply.ok === 'number', 'ok');
    const errors = [reply, ...((reply.writeErrors as Document[] | undefined) ?? [])];
    for (const { errmsg } of errors) assert.doesNotMatch(String(errmsg), /unexpected error/);
  };
  await fc.assert(fc.asyncProperty(command, send), { seed, numRuns: runs });
  socket.destroy();
}
