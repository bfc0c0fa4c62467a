// delete: statements, of which each removes the documents that it finds; see change.ts.
import type { EncodableDoc } from '../bson/encode.js';
import { integer, toNumber, type Doc } from '../bson/values.js';
import { remove } from '../storage/documents.js';
import { CommandError } from '../errors.js';
import { parseFilter } from '../query/filter.js';
import { attempt, checkBatch, statementsOf, writeReply } from './batch.js';
import { type Change, changeEach } from './change.js';
import { collectionName, docOrEmpty, type Context } from './context.js';
import { checkKnown } from './fields.js';
import type { Selection } from './selection.js';

export async function deleteCommand(context: Context): Promise<EncodableDoc> {
  const name = collectionName(context);
  const sources = statementsOf(context, 'deletes');
  for (const source of sources)
    checkKnown(source, 'delete.deletes', { known: ['q', 'limit', 'hint'], unsupported: ['collation'] });
  checkBatch(sources.length);
  const changes = sources.map((source) => attempt(() => parseDelete(source, context.db, name)));
  const { outcomes, errors } = await changeEach(context, name, changes);
  let n = 0;
  for (const { matched } of outcomes.values()) n += matched;
  return writeReply({ n: integer(n) }, errors);
}

function parseDelete(source: Doc, db: string, name: string): Change {
  const limit = toNumber(source.get('limit'));
  if (limit !== 0 && limit !== 1)
    throw new CommandError('FailedToParse', `The limit field in delete objects must be 0 or 1. Got ${limit}`);
  const selection = { filter: parseFilter(docOrEmpty(source, 'q')), sort: [], hint: source.get('hint') };
  return removalOf(selection, limit, db, name);
}

/** The removal of one document, or with `limit` 0 of all that match. */
export const removalOf = (selection: Selection, limit: 0 | 1, db: string, name: string): Change => ({
  ...selection,
  limit,
  upsert: false,
  apply: (view, found) => {
    for (const stored of found) remove(view, db, name, stored);
    const before = found.at(-1)?.doc;
    return { matched: found.length, modified: 0, ...(before && { before }) };
  },
});
