/** Who may enter which room: its owner, and every visitor with a document that says so. */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { Clock } from '../database/clock.js';
import { type Answer, Lanes } from '../work/lanes.js';

interface Grant extends Answer<undefined> {
  room: string;
  visitor: string;
}

interface Deps {
  models: Models;
  clock: Clock;
}

export class Admissions {
  readonly #rooms = new Lanes<Grant>((batch) => this.#grant(batch));

  constructor(private readonly deps: Deps) {}

  /**
   * Let a visitor in, for as long as the room lives or until they leave it on purpose. Most are in already: that is
   * asked first, together for all who come into one room at the same time.
   */
  async grant(room: string, visitor: string): Promise<void> {
    await this.#rooms.push<undefined>(room, (answer) => ({ room, visitor, ...answer }));
  }

  /** Whether a visitor was let in. */
  async has(room: Pick<Room, '_id' | 'owner'>, visitor: string): Promise<boolean> {
    if (room.owner === visitor) return true;
    return (await this.deps.models.Admission.exists({ room: String(room._id), visitor })) !== null;
  }

  /** Of these rooms, the ones the visitor has been let into. */
  async among(rooms: string[], visitor: string): Promise<Set<string>> {
    const rows = await this.deps.models.Admission.find({ visitor, room: trusted({ $in: rooms }) }).lean();
    return new Set(rows.map((row) => row.room));
  }

  /** Let a visitor in no more, unless admitted again; the room does not wait for them. */
  async revoke(room: string, visitor: string): Promise<{ wasAwaited: boolean }> {
    const { models, clock } = this.deps;
    const revoked = await models.Admission.findOneAndDelete({ room, visitor }).lean();
    return { wasAwaited: (revoked?.awaitedUntil?.getTime() ?? 0) > clock.now() };
  }

  /** The room waits until then for a visitor who has not left on purpose. */
  async expect(room: string, visitor: string, until: Date): Promise<void> {
    await this.deps.models.Admission.updateOne({ room, visitor }, { $max: { awaitedUntil: until } });
  }

  /**
   * Until when a room waits for the last of those who have not left on purpose; null if for nobody.
   * @param leaver has left on purpose just now.
   */
  async awaitedUntil(room: string, leaver: string): Promise<Date | null> {
    const { models, clock } = this.deps;
    const others = { visitor: trusted({ $ne: leaver }), awaitedUntil: trusted({ $gt: clock.date() }) };
    const last = await models.Admission.findOne({ room, ...others })
      .sort({ awaitedUntil: -1 })
      .lean();
    return last?.awaitedUntil ?? null;
  }

  /** Delete the admissions of a room that has ended. */
  async erase(room: string): Promise<void> {
    await this.deps.models.Admission.deleteMany({ room });
  }

  /** Never rejects. */
  async #grant(batch: Grant[]): Promise<void> {
    const { models, clock } = this.deps;
    const visitors = [...new Set(batch.map(({ visitor }) => visitor))];
    const { room = '' } = batch[0] ?? {};
    try {
      const rows = await models.Admission.find({ room, visitor: trusted({ $in: visitors }) }).lean();
      const known = new Set(rows.map(({ visitor }) => visitor));
      const upserts = visitors
        .filter((visitor) => !known.has(visitor))
        .map((visitor) => ({
          updateOne: {
            filter: { room, visitor },
            update: { $setOnInsert: { createdAt: clock.date() } },
            upsert: true,
          },
        }));
      if (upserts.length > 0) await models.Admission.bulkWrite(upserts, { ordered: false });
      for (const { resolve } of batch) resolve(undefined);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
