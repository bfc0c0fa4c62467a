// delete: each command runs whole inside one group commit.
import type { EncodableDoc } from '../bson/encode.js';
import { integer, toNumber, type Doc } from '../bson/values.js';
import { remove } from '../storage/documents.js';
import { CommandError } from '../errors.js';
import { parseFilter } from '../query/filter.js';
import { attempt, checkBatch, eachStatement, statementsOf, writeReply } from './batch.js';
import { collectionName, docOrEmpty, type Context } from './context.js';
import { checkKnown } from './fields.js';
import { select, type Selection } from './statement.js';

export function deleteCommand(context: Context): Promise<EncodableDoc> {
  const name = collectionName(context);
  const sources = statementsOf(context, 'deletes');
  for (const source of sources)
    checkKnown(source, 'delete.deletes', { known: ['q', 'limit', 'hint'], unsupported: ['collation'] });
  checkBatch(sources.length);
  const statements = sources.map((source) => attempt(() => parseDelete(source)));
  return context.storage.write((view) => {
    let n = 0;
    const errors = eachStatement(context, statements, ({ limit, ...selection }) => {
      for (const stored of select(view, context, name, selection, limit)) {
        remove(view, context.db, name, stored);
        n++;
      }
    });
    return writeReply({ n: integer(n) }, errors);
  });
}

function parseDelete(source: Doc): Selection & { limit: 0 | 1 } {
  const limit = toNumber(source.get('limit'));
  if (limit !== 0 && limit !== 1)
    throw new CommandError('FailedToParse', `The limit field in delete objects must be 0 or 1. Got ${limit}`);
  return { filter: parseFilter(docOrEmpty(source, 'q')), sort: [], hint: source.get('hint'), limit };
}
