/** Who may enter which room: its owner, and every visitor with a document that says so. */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { Clock } from '../site/clock.js';

interface Deps {
  models: Models;
  clock: Clock;
}

export class Admissions {
  constructor(private readonly deps: Deps) {}

  /** Let a visitor in, for as long as the room lives or until they leave it on purpose. */
  async grant(room: string, visitor: string): Promise<void> {
    await this.deps.models.Admission.updateOne(
      { room, visitor },
      { $setOnInsert: { createdAt: this.deps.clock.date() } },
      { upsert: true },
    );
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

  /** Let a visitor in no more, unless admitted again. */
  async revoke(room: string, visitor: string): Promise<void> {
    await this.deps.models.Admission.deleteOne({ room, visitor });
  }

  /** Delete the admissions of a room that has ended. */
  async erase(room: string): Promise<void> {
    await this.deps.models.Admission.deleteMany({ room });
  }
}
