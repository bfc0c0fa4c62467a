/**
 * What FerretDB 1.24 does not know, taken out of what the site asks for (STORE_TEST_GAPS=ferretdb, with STORE_TEST_URL): filters and
 * lifetimes of indexes, and which fields a find-and-modify answers. An index with a filter is then not unique, so a retry is
 * stored twice there, and nothing expires by itself: docs/operations.md. Imported by hooks.ts, and by sites of process.ts.
 */
import { Collection, type CreateIndexesOptions, type IndexDescription } from 'mongodb';

type Method = (this: Collection, ...args: unknown[]) => unknown;

function plain<Options extends CreateIndexesOptions>(options: Options) {
  const { partialFilterExpression, unique, ...index } = options;
  delete index.expireAfterSeconds;
  return { ...index, ...(unique && !partialFilterExpression ? { unique } : {}) };
}

const prototype = Collection.prototype as unknown as Record<string, Method>;

/** Let a method of every collection take its arguments as these are changed. */
function change(name: string, changed: (...args: never[]) => unknown[]): void {
  const method = prototype[name] as Method;
  prototype[name] = function (...args) {
    return method.apply(this, changed(...(args as never[])));
  };
}

/** One after another: FerretDB 1.24 panics, and closes the connection, where some of several are there already, as at a second start. */
const createIndexes = prototype['createIndexes'] as Method;
prototype['createIndexes'] = async function (indexes, options) {
  const names: unknown[] = [];
  for (const index of indexes as IndexDescription[])
    names.push(...((await createIndexes.call(this, [plain(index)], options)) as unknown[]));
  return names;
};

/** What indexes are there, without what was left out when they were made. */
const indexes = prototype['indexes'] as Method;
prototype['indexes'] = async function (...args) {
  return ((await indexes.apply(this, args)) as IndexDescription[]).map(plain);
};

change('createIndex', (key, options = {} as never) => [key, plain(options)]);
change('findOneAndUpdate', (filter, update, options = {} as never) => [
  filter,
  update,
  { ...(options as object), projection: undefined },
]);
change('findOneAndDelete', (filter, options = {} as never) => [
  filter,
  { ...(options as object), projection: undefined },
]);
