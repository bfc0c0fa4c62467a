/** Who may enter which room: its owner, and every visitor with a document that says so. */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { Clock } from '../database/clock.js';
import { type Answer, Lanes } from '../work/lanes.js';

interface Grant extends Answer<undefined> {
  room: string;
  visitor: string;
  /** Also if they were made to leave. */
  again: boolean;
}

/** Who was made to leave is not admitted. */
const admitted = () => ({ removed: trusted({ $ne: true }) });

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
   * @param again also if they were made to leave: they opened the page again.
   */
  async grant(room: string, visitor: string, again = false): Promise<void> {
    await this.#rooms.push<undefined>(room, (answer) => ({ room, visitor, again, ...answer }));
  }

  /** Whether a visitor was let in. */
  async has(room: Pick<Room, '_id' | 'owner'>, visitor: string): Promise<boolean> {
    if (room.owner === visitor) return true;
    return (await this.deps.models.Admission.exists({ room: String(room._id), visitor, ...admitted() })) !== null;
  }

  /** What is known of a visitor's admission, also of one that has ended. */
  async find(room: string, visitor: string) {
    return this.deps.models.Admission.findOne({ room, visitor }).lean();
  }

  /** Of these visitors, those who were made to leave and have not opened the page since. */
  async removed(room: string, visitors: string[]): Promise<Set<string>> {
    const rows = await this.deps.models.Admission.find({
      room,
      visitor: trusted({ $in: visitors }),
      removed: true,
    }).lean();
    return new Set(rows.map(({ visitor }) => visitor));
  }

  /** They are made to leave, and are not waited for. */
  async end(room: string, visitor: string): Promise<void> {
    const { models, clock } = this.deps;
    const update = { $set: { removed: true }, $unset: { awaitedUntil: 1 }, $setOnInsert: { createdAt: clock.date() } };
    await models.Admission.updateOne({ room, visitor }, update, { upsert: true });
  }

  /** Of these rooms, the ones the visitor has been let into. */
  async among(rooms: string[], visitor: string): Promise<Set<string>> {
    const rows = await this.deps.models.Admission.find({
      visitor,
      room: trusted({ $in: rooms }),
      ...admitted(),
    }).lean();
    return new Set(rows.map((row) => row.room));
  }

  /** Let a visitor in no more, unless admitted again; the room does not wait for them. */
  async revoke(room: string, visitor: string): Promise<{ wasAwaited: boolean }> {
    const { models, clock } = this.deps;
    const revoked = await models.Admission.findOneAndDelete({ room, visitor, ...admitted() }).lean();
    return { wasAwaited: (revoked?.awaitedUntil?.getTime() ?? 0) > clock.now() };
  }

  /** The room waits until then for a visitor who has not left on purpose. @param address the room's hash of theirs. */
  async expect(room: string, visitor: string, until: Date, address: string | null | undefined): Promise<void> {
    const update = { $max: { awaitedUntil: until }, ...(address && { $set: { address } }) };
    await this.deps.models.Admission.updateOne({ room, visitor, ...admitted() }, update);
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
      const again = batch.filter((item) => item.again).map(({ visitor }) => visitor);
      const back = rows.filter(({ visitor, removed }) => removed && again.includes(visitor)).map(({ _id }) => _id);
      if (back.length > 0)
        await models.Admission.updateMany({ _id: trusted({ $in: back }) }, { $unset: { removed: 1 } });
      if (upserts.length > 0) await models.Admission.bulkWrite(upserts, { ordered: false });
      for (const { resolve } of batch) resolve(undefined);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
