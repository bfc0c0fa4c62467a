/**
 * Slow mode: each person posts once in a number of seconds. A post takes its turn by one conditional write, so that of two
 * at the same time one is refused, on however many nodes; leaving and coming back changes nothing.
 */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import type { Clock } from '../database/clock.js';
import { AppError } from '../site/errors.js';

/** A turn that was taken: to be given back if nothing was posted. */
export interface Pace {
  _id: string;
  at: Date;
}

interface Deps {
  models: Models;
  clock: Clock;
}

export class Paces {
  constructor(private readonly deps: Deps) {}

  /** Take a turn. @param seconds from one post to the next. @throws AppError slow_mode, with the seconds to wait. */
  async take(room: string, visitor: string, seconds: number): Promise<Pace> {
    const { models, clock } = this.deps;
    const _id = `${room} ${visitor}`;
    const at = clock.date();
    const due = { _id, at: trusted({ $lte: clock.date(-seconds * 1000) }) };
    try {
      await models.Pace.updateOne(due, { $set: { room, at } }, { upsert: true });
      return { _id, at };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const last = await models.Pace.findOne({ _id }).lean();
      const wait = (last?.at.getTime() ?? at.getTime()) + seconds * 1000 - clock.now();
      throw new AppError('slow_mode', { retryAfter: Math.max(1, Math.ceil(wait / 1000)) });
    }
  }

  /** Nothing was posted: it was no turn. */
  async giveBack({ _id, at }: Pace): Promise<void> {
    await this.deps.models.Pace.deleteOne({ _id, at });
  }

  /** Delete what is known of a room that has ended. */
  async erase(room: string): Promise<void> {
    await this.deps.models.Pace.deleteMany({ room });
  }
}
