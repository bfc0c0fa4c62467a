/** `/chat`: take a seat in a room and hear it; leave; post; say that one is typing. */
import type { z } from 'zod';
import type { JoinAnswer, MessageView } from '../../schemas/rooms/contract.js';
import type { Seat } from '../../schemas/rooms/seat.js';
import { chatInputs } from '../../schemas/rooms/payloads.js';
import { AppError } from '../../services/site/errors.js';
import { person } from '../../services/people/visitors.js';
import { Serial } from '../../services/work/serial.js';
import { type Connection, waitingBytes } from '../sockets/connections.js';
import type { Feed } from '../sockets/feed.js';
import { handlerFor } from '../sockets/handle.js';
import type { NamespaceOf } from '../sockets/namespaces.js';
import { personRoom } from '../sockets/names.js';
import type { Site } from '../site/site.js';
import { typingPace } from '../sockets/typing.js';
import { chatRoom, roomsOf } from './names.js';
import { sayIn } from './say.js';

/** Rooms one socket may be in at once. */
const ROOMS_MAX = 5;
/** What events cost (takeWork), beside what a join brings along. */
const COSTS = { join: 6, leave: 3, post: 2 };
/** Bytes that may wait for a reader who asks for more history. */
const UNREAD_MAX = 1024 * 1024;

/** Which room, and what the socket knows of it. */
type Joining = z.output<(typeof chatInputs.validators)['join']>;

export function chatSocket(namespace: NamespaceOf<'/chat'>, feed: Feed<MessageView>, site: Site): void {
  const { services, log } = site;
  const { rooms, seats, speakers, joins, admissions, bans, nodes, events } = services;
  const handle = handlerFor(chatInputs, site, { costs: COSTS });
  const say = sayIn(site);
  /** What one socket asks for is done in the order in which it asked. */
  const serial = new Serial();

  namespace.on('connection', (socket) => {
    const { visitor, address } = socket.data;
    void socket.join(personRoom(visitor.id));
    /** Rooms this socket has joined: the server's own record, which a disconnect goes by. */
    const joined = new Set<string>();
    const ref = { node: nodes.id, socket: socket.id };
    const mayTell = typingPace();

    /** Rooms that ended under this socket count no more. */
    async function forgetEnded(): Promise<void> {
      for (const room of [...joined]) if (!socket.rooms.has(chatRoom(room))) await leave(room, false);
    }

    /** Leave one room. The last tab of the last visitor ends it, at once when it was on purpose. */
    async function leave(room: string, onPurpose: boolean): Promise<void> {
      joined.delete(room);
      for (const name of roomsOf(room)) await socket.leave(name);
      await seats.release(room, visitor.id, ref, onPurpose);
    }

    async function join({ room: id, after, rev, batch }: Joining): Promise<JoinAnswer> {
      if (waitingBytes(socket.conn as unknown as Connection) > UNREAD_MAX)
        throw new AppError('rate_limited', { retryAfter: 1 });
      if (joined.size >= ROOMS_MAX) await forgetEnded();
      if (joined.size >= ROOMS_MAX && !joined.has(id)) throw new AppError('too_many_rooms');
      await joins.enter(id, visitor, ref, address);
      joined.add(id);
      try {
        if (socket.disconnected) throw new AppError('unavailable');
        await Promise.all([socket.join(chatRoom(id)), feed.join(socket, id, batch)]);
        return await joins.welcome(id, visitor, after, rev);
      } catch (error) {
        await leave(id, false).catch(() => undefined);
        throw error;
      }
    }

    /** From which seat this socket speaks. One that was made to leave speaks no more. */
    async function seatIn(room: string): Promise<Seat> {
      if (socket.rooms.has(chatRoom(room))) return speakers.seatOf(room, visitor, address);
      if (joined.has(room)) await bans.refuse(await rooms.find(room), visitor.id);
      throw new AppError('not_admitted');
    }

    /** Leave every room on purpose. Whoever still sits there with another tab stays admitted. */
    async function leaveAll(): Promise<undefined> {
      for (const room of [...joined]) {
        await leave(room, true);
        if (await seats.find(room, visitor.id)) continue;
        await admissions.revoke(room, visitor.id);
        if (await seats.find(room, visitor.id)) await admissions.grant(room, visitor.id);
      }
    }

    handle(socket, {
      join: (joining) => serial.run(socket.id, () => join(joining)),
      leave: () => serial.run(socket.id, leaveAll),
      typing(on) {
        if (!mayTell(on)) return;
        for (const room of joined) {
          if (socket.rooms.has(chatRoom(room)))
            events.announce('room.typing', { room, socket: socket.id, who: person(visitor), on });
        }
      },
      async post({ room, ...text }) {
        return { message: await say(() => serial.run(socket.id, () => seatIn(room)), address, text) };
      },
    });

    socket.on('disconnect', () => {
      if (site.draining()) return; // seats stay for the grace time: services.stop() releases this node's
      const left = async () => {
        for (const room of [...joined]) await leave(room, false);
      };
      serial.run(socket.id, left).catch((error: unknown) => log.error({ err: error }, 'a seat was not released'));
    });
  });
}
