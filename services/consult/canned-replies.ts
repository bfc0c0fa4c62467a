/** Canned replies, shared by all consultants. */
import { Types } from 'mongoose';
import { type CannedReply, cannedReplyView } from '../../schemas/consult/canned-reply.js';
import type { CannedReplyView } from '../../schemas/consult/contract.js';
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../database/clock.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import { isDuplicateKey } from '../database/duplicate-key.js';

const REPLIES_MAX = 100;

interface Deps {
  models: Pick<Models, 'CannedReply'>;
  clock: Clock;
  events: EventBus;
}

export class CannedReplies {
  constructor(private readonly deps: Deps) {}

  /** All replies, by title. */
  async list(): Promise<CannedReplyView[]> {
    const found = await this.deps.models.CannedReply.find({})
      .sort({ title: 1 })
      .limit(REPLIES_MAX)
      .lean<CannedReply[]>();
    return found.map(cannedReplyView);
  }

  /**
   * Store a reply under its title, or change the one with this id.
   * @throws AppError too_many_replies, reply_title_taken, not_found.
   */
  async save({ id, title, text }: { id?: string | undefined; title: string; text: string }): Promise<void> {
    const { CannedReply } = this.deps.models;
    const isNew = id === undefined && !(await CannedReply.exists({ title }));
    if (isNew && (await CannedReply.estimatedDocumentCount()) >= REPLIES_MAX) throw new AppError('too_many_replies');
    try {
      const { matchedCount } = await CannedReply.updateOne(
        id === undefined ? { title } : { _id: id },
        { $set: { title, text }, $setOnInsert: { createdAt: this.deps.clock.date(), _id: new Types.ObjectId() } },
        { upsert: isNew },
      );
      if (matchedCount === 0 && !isNew) throw new AppError('not_found');
    } catch (error) {
      if (isDuplicateKey(error)) throw new AppError('reply_title_taken', {}, { cause: error });
      throw error;
    }
    this.deps.events.announce('desk.replies');
  }

  /** Delete a reply; it may be gone already. */
  async remove(id: string): Promise<void> {
    await this.deps.models.CannedReply.deleteOne({ _id: id });
    this.deps.events.announce('desk.replies');
  }
}
