/**
 * How long consultations are stored: for CONSULT_RETENTION_DAYS after the last change. Messages and notes end with
 * their case, never before it: every change of a case extends them, too.
 */
import { trusted } from 'mongoose';
import type { Case } from '../../schemas/consult/case.js';
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../database/clock.js';

const DAY_MS = 86_400_000;
/** By how much messages may end before their case, as a share of the retention: it saves writes. */
const EARLY_SHARE = 0.01;
/** Cases that are deleted in one go at the most. */
const BATCH = 100;

interface Deps {
  models: Models;
  clock: Clock;
  retentionDays: number;
}

export class Retention {
  constructor(private readonly deps: Deps) {}

  /** When what is written now expires. */
  expiry(): Date {
    return this.deps.clock.date(this.deps.retentionDays * DAY_MS);
  }

  /**
   * Extend the messages and notes of a case that has changed. With the usual retention this writes a few times a day.
   * @param found the case after its change.
   */
  async extend({ _id, keptUntil }: Pick<Case, '_id' | 'keptUntil'>): Promise<void> {
    const { models, clock, retentionDays } = this.deps;
    const expiresAt = this.expiry();
    if (keptUntil > clock.date(retentionDays * DAY_MS * (1 - EARLY_SHARE))) return;
    for (const model of [models.CaseMessage, models.CaseNote])
      await model.collection.updateMany({ case: String(_id) }, { $set: { expiresAt } });
    await models.Case.updateOne({ _id }, { $max: { keptUntil: expiresAt } });
  }

  /**
   * Delete expired cases with their messages and notes. The delete has the condition: a case that changed meanwhile
   * stays.
   * @returns the deleted cases; their images are the caller's to erase.
   */
  async deleteExpired(): Promise<Case[]> {
    const { models, clock } = this.deps;
    const expired = await models.Case.find({ expiresAt: trusted({ $lte: clock.date() }) })
      .limit(BATCH)
      .select('_id')
      .lean<Pick<Case, '_id'>[]>();
    const deleted: Case[] = [];
    for (const { _id } of expired) {
      const found = await models.Case.findOneAndDelete({
        _id,
        expiresAt: trusted({ $lte: clock.date() }),
      }).lean<Case>();
      if (!found) continue;
      for (const model of [models.CaseMessage, models.CaseNote]) await model.deleteMany({ case: String(_id) });
      deleted.push(found);
    }
    return deleted;
  }
}
