// findAndModify: change or remove one document, and answer with it.
import type { Encodable, EncodableDoc } from '../bson/encode.js';
import { Int32, type Doc } from '../bson/values.js';
import { remove } from '../storage/documents.js';
import { CommandError } from '../errors.js';
import { parseFilter } from '../query/filter.js';
import { parseProjection } from '../query/projection.js';
import { parseSort } from '../query/sort.js';
import { writeReply } from './batch.js';
import { collectionName, docOrEmpty, flag, type Context } from './context.js';
import { parseStatement, runStatement, select } from './statement.js';

export function findAndModify(context: Context): Promise<EncodableDoc> {
  const name = collectionName(context);
  if (flag(context.command, 'remove')) return removeOne(context, name);
  if (context.command.has('update')) return updateOne(context, name);
  throw new CommandError('FailedToParse', 'Either an update or remove=true must be specified');
}

function removeOne(context: Context, name: string): Promise<EncodableDoc> {
  const { command } = context;
  if (command.has('update')) throw new CommandError('FailedToParse', 'Cannot specify both an update and remove=true');
  if (flag(command, 'new'))
    throw new CommandError(
      'FailedToParse',
      "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document",
    );
  const shown = shapeOf(command);
  const selection = {
    filter: parseFilter(docOrEmpty(command, 'query')),
    sort: parseSort(command.get('sort')),
    hint: command.get('hint'),
  };
  return context.storage.write((view) => {
    const [stored] = select(view, context, name, selection, 1);
    if (stored) remove(view, context.db, name, stored);
    return answer([['n', new Int32(stored ? 1 : 0)]], stored && shown(stored.doc));
  });
}

function updateOne(context: Context, name: string): Promise<EncodableDoc> {
  const { command } = context;
  const shown = shapeOf(command);
  const statement = parseStatement(command, { filter: 'query', change: 'update' });
  return context.storage.write((view) => {
    const { matched, upserted, before, after } = runStatement(view, context, name, statement);
    const result = flag(command, 'new') ? after : before;
    return answer(
      [
        ['n', new Int32(matched || upserted !== undefined ? 1 : 0)],
        ['updatedExisting', matched > 0],
        ...(upserted === undefined ? [] : [['upserted', upserted] as const]),
      ],
      result && shown(result),
    );
  });
}

const shapeOf = (command: Doc): ((doc: Doc) => Doc) => parseProjection(docOrEmpty(command, 'fields')) ?? ((doc) => doc);

const answer = (details: readonly (readonly [string, Encodable])[], value: Doc | undefined): EncodableDoc =>
  writeReply({ lastErrorObject: new Map<string, Encodable>(details), value: value ?? null });
