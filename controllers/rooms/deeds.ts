/** What pages and programs do with a room alike: open one, leave it, close it. */
import type { Request } from 'express';
import { newRoom } from '../../schemas/rooms/payloads.js';
import type { RoomView } from '../../schemas/rooms/contract.js';
import { addressKey } from '../../services/site/addresses.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { partyOf, visitorOf } from '../site/visitor.js';

export function roomDeeds({ services: { rooms, seats, knocks, limits, notices, reaper } }: Site) {
  return {
    /** @throws AppError no_session, maintenance, too_many_rooms, busy, and what is wrong with the body. */
    async create(request: Request): Promise<RoomView> {
      const visitor = visitorOf(request);
      const input = parse(newRoom, bodyOf(request));
      notices.demandNoMaintenance(); // before the limits: what it refuses is no room
      await limits.take('room_ip', addressKey(request.ip), 'too_many_rooms');
      await limits.take('room', visitor.id, 'too_many_rooms');
      return rooms.create(input, partyOf(request));
    },

    /** Leave with every tab and every program, on purpose: who wants back has to be admitted again. Who knocks waits no longer. */
    async leave(request: Request, id: string): Promise<void> {
      const visitor = visitorOf(request).id;
      await knocks.withdraw(id, visitor);
      await seats.leave(id, visitor);
    },

    /** Close a room; resolves once everything in it is erased. @throws AppError not_host, room_not_found, room_closed. */
    async close(request: Request, id: string): Promise<void> {
      await rooms.closeByOwner(id, visitorOf(request).id);
      await reaper.erase(id);
    },
  };
}
