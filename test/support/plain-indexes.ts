/**
 * For outer servers that have neither partial nor TTL indexes (STORE_TEST_INDEXES=plain, with STORE_TEST_URL): the site's indexes
 * without what such a server refuses. An index with a filter is then not unique, so a retry is stored twice there, and nothing
 * expires by itself: docs/operations.md. Loaded into this process by hooks.ts, into a site of its own by process.ts.
 */
import { Collection, type CreateIndexesOptions, type IndexDescription } from 'mongodb';

function plain(options: CreateIndexesOptions): object {
  const { partialFilterExpression, unique, ...index } = options;
  delete index.expireAfterSeconds;
  return { ...index, ...(unique && !partialFilterExpression ? { unique } : {}) };
}

type Method = (this: Collection, ...args: unknown[]) => Promise<unknown>;

/** Let a method of every collection take its arguments as these are changed. */
function change(name: 'createIndex' | 'createIndexes', changed: (first: never, second: object) => unknown[]): void {
  const prototype = Collection.prototype as unknown as Record<string, Method>;
  const method = prototype[name] as Method;
  prototype[name] = function (first, second = {}) {
    return method.apply(this, changed(first as never, second as object));
  };
}

change('createIndex', (key, options) => [key, plain(options)]);
change('createIndexes', (indexes: IndexDescription[], options) => [indexes.map(plain), options]);
