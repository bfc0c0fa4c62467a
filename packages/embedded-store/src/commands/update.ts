// update: statements, of which each changes the documents that it finds; see change.ts.
import { type Encodable, type EncodableDoc } from '../bson/encode.js';
import { Int32, integer } from '../bson/values.js';
import { attempt, checkBatch, statementsOf, writeReply } from './batch.js';
import { changeEach } from './change.js';
import { collectionName, type Context } from './context.js';
import { checkKnown } from './fields.js';
import { updateOf } from './statement.js';

export async function update(context: Context): Promise<EncodableDoc> {
  const name = collectionName(context);
  const sources = statementsOf(context, 'updates');
  // a field that nobody knows is the command's failure, not its statement's
  for (const source of sources)
    checkKnown(source, 'update.updates', {
      known: ['q', 'u', 'multi', 'upsert', 'hint'],
      unsupported: ['collation', 'arrayFilters', 'c'],
    });
  checkBatch(sources.length);
  const changes = sources.map((source) =>
    attempt(() => updateOf(source, { filter: 'q', change: 'u' }, context.db, name)),
  );
  const { outcomes, errors } = await changeEach(context, name, changes);
  let n = 0;
  let modified = 0;
  const upserted: EncodableDoc[] = [];
  for (const [i, outcome] of outcomes) {
    n += outcome.matched;
    modified += outcome.modified;
    if (outcome.upserted === undefined) continue;
    n++;
    upserted.push(
      new Map<string, Encodable>([
        ['index', new Int32(i)],
        ['_id', outcome.upserted],
      ]),
    );
  }
  return writeReply(
    { n: integer(n), nModified: integer(modified), upserted: upserted.length ? upserted : undefined },
    errors,
  );
}
