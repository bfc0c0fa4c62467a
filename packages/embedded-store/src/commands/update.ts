// update: each command runs whole inside one group commit.
import { type Encodable, type EncodableDoc } from '../bson/encode.js';
import { Int32, integer } from '../bson/values.js';
import { attempt, checkBatch, eachStatement, statementsOf, writeReply } from './batch.js';
import { collectionName, type Context } from './context.js';
import { checkKnown } from './fields.js';
import { parseStatement, runStatement } from './statement.js';

export function update(context: Context): Promise<EncodableDoc> {
  const name = collectionName(context);
  const sources = statementsOf(context, 'updates');
  // a field that nobody knows is the command's failure, not its statement's
  for (const source of sources)
    checkKnown(source, 'update.updates', {
      known: ['q', 'u', 'multi', 'upsert', 'hint'],
      unsupported: ['collation', 'arrayFilters', 'c'],
    });
  checkBatch(sources.length);
  const statements = sources.map((source) => attempt(() => parseStatement(source, { filter: 'q', change: 'u' })));
  return context.storage.write((view) => {
    let n = 0;
    let modified = 0;
    const upserted: EncodableDoc[] = [];
    const errors = eachStatement(context, statements, (statement, i) => {
      const outcome = runStatement(view, context, name, statement);
      n += outcome.matched;
      modified += outcome.modified;
      if (outcome.upserted === undefined) return;
      n++;
      upserted.push(
        new Map<string, Encodable>([
          ['index', new Int32(i)],
          ['_id', outcome.upserted],
        ]),
      );
    });
    return writeReply(
      { n: integer(n), nModified: integer(modified), upserted: upserted.length ? upserted : undefined },
      errors,
    );
  });
}
