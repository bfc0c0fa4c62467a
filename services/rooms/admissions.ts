/** Who may enter which room. The owner always may; for the rest there is a row, or there is not. */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { Clock } from '../site/clock.js';

export class Admissions {
  constructor(
    private readonly models: Pick<Models, 'Admission'>,
    private readonly clock: Clock,
  ) {}

  /** Let a visitor in, for as long as the room lives or until they leave by the button. */
  async grant(room: string, visitor: string): Promise<void> {
    await this.models.Admission.updateOne(
      { room, visitor },
      { $setOnInsert: { createdAt: this.clock.date() } },
      { upsert: true },
    );
  }

  async has(room: Pick<Room, '_id' | 'owner'>, visitor: string): Promise<boolean> {
    if (room.owner === visitor) return true;
    return (await this.models.Admission.exists({ room: String(room._id), visitor })) !== null;
  }

  /** Of these rooms, the ones the visitor has been let into. */
  async among(rooms: string[], visitor: string): Promise<Set<string>> {
    const rows = await this.models.Admission.find({ visitor, room: trusted({ $in: rooms }) }).lean();
    return new Set(rows.map((row) => row.room));
  }

  async revoke(room: string, visitor: string): Promise<void> {
    await this.models.Admission.deleteOne({ room, visitor });
  }

  async erase(room: string): Promise<void> {
    await this.models.Admission.deleteMany({ room });
  }
}
