/**
 * One change of many messages, such as that everything in a room is erased: in as few questions as there are batches, with a
 * change number for each message, in the order of the messages. Nobody is told here: the caller tells of all at once.
 */
import { trusted, type Types } from 'mongoose';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { AppError } from '../site/errors.js';
import { type MessageModel, newest } from './page.js';

/** Other nodes may come between so often before a batch is given up. */
const TRIES_MAX = 20;

/** What becomes of each message. */
export interface Update {
  $set: Record<string, unknown>;
  $unset: Record<string, 1>;
}

/** The newest change number of a sequence; 0 when there is none. */
export const newestChange = (model: MessageModel, sequence: object): Promise<number> =>
  newest(model, { ...sequence, rev: trusted({ $gt: 0 }) }, 'rev');

/**
 * Change one batch. Its numbers follow the newest one; where another node took one of them, or a greater one, while they
 * were being written, readers may have passed some: all get new ones.
 * @param ids in the order in which they are numbered.
 * @returns the last number given.
 * @throws AppError busy: some may be changed all the same, and can be changed again.
 */
export async function changeBatch(
  model: MessageModel,
  sequence: object,
  ids: Types.ObjectId[],
  { $set, $unset }: Update,
): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const from = await newestChange(model, sequence);
    const writes = ids.map((_id, at) => ({
      updateOne: { filter: { ...sequence, _id }, update: { $set: { ...$set, rev: from + 1 + at }, $unset } },
    }));
    try {
      // By the collection: what is unset may be a field that this kind of messages does not have.
      await model.collection.bulkWrite(writes, { ordered: true });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      continue;
    }
    if ((await newestChange(model, sequence)) === from + ids.length) return from + ids.length;
  }
  throw new AppError('busy', { retryAfter: 1 });
}
