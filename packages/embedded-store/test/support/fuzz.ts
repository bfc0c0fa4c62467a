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

const field = fc.oneof(
  { arbitrary: fc.constantFrom('a', 'b', 'a.b', 'a.0', 'a.b.c', '_id'), weight: 12 },
  { arbitrary: fc.constantFrom('', '$a', 'a..b', 'a.$', '__proto__'), weight: 1 },
);
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.double(),
      fc.string({ maxLength: 4 }),
      fc.constantFrom<unknown>('$a', '$$ROOT', 'a', '[', '(a+)+$', true, false, null, /a/u, Buffer.from('ab')),
      fc.date(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    dictionary(field, tie('value')),
  ),
})).value;

function dictionary(key: Arbitrary<string>, of: Arbitrary<unknown>, minLength = 0): Arbitrary<Document> {
  return fc.array(fc.tuple(key, of), { minLength, maxLength: 3 }).map((pairs) => Object.fromEntries<unknown>(pairs));
}

const operator = fc.constantFrom(
  ...['$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$in', '$nin', '$all', '$size', '$exists', '$type', '$regex'],
  ...['$options', '$elemMatch', '$not', '$mod', '$where'],
);
const { filter } = fc.letrec<{ filter: Document }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    dictionary(field, fc.oneof(value, dictionary(operator, value, 1))),
    dictionary(fc.constantFrom('$and', '$or', '$nor'), fc.array(tie('filter'), { minLength: 1, maxLength: 3 }), 1),
    dictionary(field, dictionary(fc.constantFrom('$not', '$elemMatch'), tie('filter'), 1), 1),
  ),
}));
const change = fc.constantFrom(
  ...[
    '$set',
    '$unset',
    '$inc',
    '$push',
    '$pull',
    '$addToSet',
    '$setOnInsert',
    '$min',
    '$max',
    '$pop',
    '$mul',
    '$rename',
  ],
);
const added = fc.oneof(value, dictionary(fc.constantFrom('$each', '$slice', '$sort', '$position'), value, 1));
const update = fc.oneof(dictionary(change, dictionary(field, added, 1), 1), dictionary(field, value));
const order = dictionary(
  field,
  fc.oneof({ arbitrary: fc.constantFrom(1, -1), weight: 9 }, { arbitrary: value, weight: 1 }),
  1,
);
const shape = dictionary(field, fc.oneof(fc.constantFrom<unknown>(0, 1, { $slice: 1 }), value), 1);
const sum = fc.constantFrom('$sum', '$first', '$last', '$push', '$addToSet', '$min', '$max', '$avg', '$count');
const stage = fc.oneof(
  filter.map(($match) => ({ $match })),
  fc.tuple(value, dictionary(sum, value, 1)).map(([_id, n]) => ({ $group: { _id, n } })),
  order.map(($sort) => ({ $sort })),
  shape.map(($project) => ({ $project })),
  fc.oneof(fc.constantFrom('$a', '$b', '$a.b'), value).map(($unwind) => ({ $unwind })),
  dictionary(fc.constantFrom('$limit', '$skip', '$count', '$lookup', '$facet'), value, 1),
);
const few = fc.integer({ min: -1, max: 4 });

const of = (name: string, fields: Record<string, Arbitrary<unknown>>): Arbitrary<Document> =>
  fc.record({ [name]: fc.constant('z'), ...fields });

/** Commands on a collection that nobody else uses. One in eight has an argument that is anything at all. */
const command: Arbitrary<Document> = fc
  .oneof(
    of('insert', { documents: fc.array(dictionary(field, value), { minLength: 1, maxLength: 3 }) }),
    of('find', { filter, sort: order, projection: shape, limit: few, skip: few, batchSize: few }),
    of('find', { filter, sort: order }),
    of('count', { query: filter, limit: few }),
    of('distinct', { key: field, query: filter }),
    of('update', {
      updates: fc.record({ q: filter, u: update, multi: fc.boolean(), upsert: fc.boolean() }).map((one) => [one]),
    }),
    of('delete', { deletes: fc.record({ q: filter, limit: fc.constantFrom(0, 1) }).map((one) => [one]) }),
    of('findAndModify', { query: filter, update, sort: order, fields: shape, new: fc.boolean(), upsert: fc.boolean() }),
    of('aggregate', { pipeline: fc.array(stage, { maxLength: 3 }), cursor: fc.constant({}) }),
    of('createIndexes', { indexes: fc.tuple(order, fc.nat({ max: 4 })).map(([key, n]) => [{ key, name: `i${n}` }]) }),
    of('dropIndexes', { index: fc.nat({ max: 4 }).map((n) => `i${n}`) }),
    filter.map((wanted) => ({ explain: { find: 'z', filter: wanted } })),
  )
  .chain((good) =>
    fc.oneof(
      { arbitrary: fc.constant(good), weight: 7 },
      {
        arbitrary: fc
          .tuple(fc.constantFrom(...Object.keys(good), 'extra'), value)
          .map(([name, one]) => ({ ...good, [name]: one })),
        weight: 1,
      },
    ),
  );

/** Damaged frames: whatever they say, the store goes on. */
export function fuzzFrames(url: string, db: string, { seed, runs }: FuzzOptions): Promise<void> {
  const good = message({ find: 'z', filter: { a: { $in: [1, 'x', null] } }, sort: { b: 1 }, $db: db });
  const damage = fc.record({
    at: fc.nat({ max: good.length - 1 }),
    put: fc.uint8Array({ maxLength: 3 }),
    drop: fc.nat({ max: 4 }),
  });
  const damaged = fc
    .array(damage, { minLength: 1, maxLength: 4 })
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
