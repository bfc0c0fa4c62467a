// findAndModify: change or remove one document, and answer with it.
import type { Encodable, EncodableDoc } from '../bson/encode.js';
import { Int32, type Doc } from '../bson/values.js';
import { CommandError } from '../errors.js';
import { parseFilter } from '../query/filter.js';
import { parseProjection } from '../query/projection.js';
import { parseSort } from '../query/sort.js';
import { writeReply } from './batch.js';
import { changeOne } from './change.js';
import { collectionName, docOrEmpty, flag, type Context } from './context.js';
import { removalOf } from './delete.js';
import { updateOf } from './statement.js';

export function findAndModify(context: Context): Promise<EncodableDoc> {
  const name = collectionName(context);
  if (flag(context.command, 'remove')) return removeOne(context, name);
  if (context.command.has('update')) return updateOne(context, name);
  throw new CommandError('FailedToParse', 'Either an update or remove=true must be specified');
}

async function removeOne(context: Context, name: string): Promise<EncodableDoc> {
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
  const { matched, before } = await changeOne(context, name, removalOf(selection, 1, context.db, name));
  return answer([['n', new Int32(matched)]], before && shown(before));
}

async function updateOne(context: Context, name: string): Promise<EncodableDoc> {
  const { command } = context;
  const shown = shapeOf(command);
  const change = updateOf(command, { filter: 'query', change: 'update' }, context.db, name);
  const { matched, upserted, before, after } = await changeOne(context, name, change);
  const result = flag(command, 'new') ? after : before;
  return answer(
    [
      ['n', new Int32(matched || upserted !== undefined ? 1 : 0)],
      ['updatedExisting', matched > 0],
      ...(upserted === undefined ? [] : [['upserted', upserted] as const]),
    ],
    result && shown(result),
  );
}

const shapeOf = (command: Doc): ((doc: Doc) => Doc) => parseProjection(docOrEmpty(command, 'fields')) ?? ((doc) => doc);

const answer = (details: readonly (readonly [string, Encodable])[], value: Doc | undefined): EncodableDoc =>
  writeReply({ lastErrorObject: new Map<string, Encodable>(details), value: value ?? null });
