/** Which rooms a list shows, and the list page by page with a cursor, for programs. Pages are in rooms.ts. */
import { trusted } from 'mongoose';
import type { RoomView } from '../../schemas/rooms/contract.js';
import type { Models } from '../../schemas/models.js';
import type { RoomsQuery } from '../../schemas/rooms/payloads.js';
import type { Room } from '../../schemas/rooms/room.js';
import { searchTerms } from '../site/search.js';

/** The condition for rooms of a list: open, and, with a query, with a title that contains it. */
export function listed(query: string) {
  const terms = query === '' ? null : searchTerms(query);
  return {
    state: 'open' as const,
    unlisted: trusted({ $ne: true }),
    ...(terms && { grams: trusted({ $all: terms.all }), search: trusted({ $regex: terms.pattern }) }),
  };
}

/** How many people are in each of these rooms; none where a room is missing. */
export async function peopleIn({ Seat }: Pick<Models, 'Seat'>, rooms: string[]): Promise<Map<string, number>> {
  const counts = await Seat.aggregate<{ _id: string; people: number }>([
    { $match: { room: { $in: rooms } } },
    { $group: { _id: '$room', people: { $sum: 1 } } },
  ]);
  return new Map(counts.map(({ _id, people }) => [_id, people]));
}

interface Deps {
  models: Models;
  /** The view of a room that anybody may see (rooms.ts). */
  rooms: { viewOf(room: Room, people: number): RoomView };
}

export class Listing {
  constructor(private readonly deps: Deps) {}

  /** Those of these rooms that the list shows, in no order. */
  async some(ids: string[]): Promise<RoomView[]> {
    const { models, rooms } = this.deps;
    const [found, people] = await Promise.all([
      models.Room.find({ _id: trusted({ $in: ids }), ...listed('') }).lean<Room[]>(),
      peopleIn(models, ids),
    ]);
    return found.map((room) => rooms.viewOf(room, people.get(String(room._id)) ?? 0));
  }

  /**
   * Rooms after a cursor, newest first. A room that opens meanwhile moves none to another page.
   * @returns also the cursor of the next page; null on the last one.
   */
  async page({ q, cursor, limit }: RoomsQuery): Promise<{ rooms: RoomView[]; next: string | null }> {
    const { models, rooms } = this.deps;
    const found = await models.Room.find({ ...listed(q), ...(cursor && olderThan(cursor)) })
      .sort({ createdAt: -1, _id: -1 })
      .limit(limit + 1)
      .lean<Room[]>();
    const shown = found.slice(0, limit);
    const people = await peopleIn(
      models,
      shown.map(({ _id }) => String(_id)),
    );
    const last = found.length > limit ? shown.at(-1) : undefined;
    return {
      rooms: shown.map((room) => rooms.viewOf(room, people.get(String(room._id)) ?? 0)),
      next: last ? `${last.createdAt.getTime()}_${String(last._id)}` : null,
    };
  }
}

/** Rooms that follow one in the list. */
function olderThan({ at, id }: NonNullable<RoomsQuery['cursor']>) {
  const date = new Date(at);
  return {
    createdAt: trusted({ $lte: date }),
    $or: [{ createdAt: trusted({ $lt: date }) }, { createdAt: date, _id: trusted({ $lt: id }) }],
  };
}
