/** `/chat`: take a seat in a room and hear it; leave; say that one is typing. */
import type { Namespace } from 'socket.io';
import { z } from 'zod';
import type { ChatClientEvents, ChatServerEvents } from '../schemas/events.js';
import { joinTarget } from '../schemas/payloads.js';
import { AppError } from '../services/errors.js';
import { person } from '../services/visitors.js';
import { handle, type SocketData } from './handle.js';
import { chatRoom } from './names.js';
import type { Site } from './site.js';

/** Rooms one socket may be in at once. */
const ROOMS_MAX = 5;
/** Milliseconds between two "is typing" of one socket. */
const TYPING_MS = 1_000;

export type ChatNamespace = Namespace<ChatClientEvents, ChatServerEvents, Record<string, never>, SocketData>;

export function chatSocket(namespace: ChatNamespace, site: Site): void {
  const { services, log } = site;
  const { rooms, seats, chats, admissions, limits, nodes } = services;

  namespace.on('connection', (socket) => {
    const { visitor } = socket.data;
    const joined = socket.data.rooms;
    const hold = { node: nodes.id, socket: socket.id };
    let typedAt = -TYPING_MS;

    /** Rooms that ended under this socket count no more. */
    async function forgetEnded(): Promise<void> {
      for (const room of [...joined]) if (!socket.rooms.has(chatRoom(room))) await leave(room, false);
    }

    /** Leave one room. The last tab of the last visitor ends it, at once when it was on purpose. */
    async function leave(room: string, onPurpose: boolean): Promise<void> {
      joined.delete(room);
      await socket.leave(chatRoom(room));
      await seats.release(room, visitor.id, hold, onPurpose);
    }

    // Admitted, a seat taken, subscribed, and only then history read: nothing falls between history and live.
    handle(socket, 'join', joinTarget, { limits, log }, async ({ room: id, after }) => {
      if (joined.size >= ROOMS_MAX) await forgetEnded();
      if (joined.size >= ROOMS_MAX && !joined.has(id)) throw new AppError('rate_limited');
      const room = await rooms.find(id);
      if (!(await rooms.mayEnter(room, visitor.id))) throw new AppError('not_admitted');
      await admissions.grant(id, visitor.id);
      await seats.take(room, visitor, hold);
      joined.add(id);
      if (socket.disconnected) {
        await leave(id, false);
        throw new AppError('unavailable');
      }
      await socket.join(chatRoom(id));
      try {
        // Asked again: if the room ended before this socket could hear so, it must be told now.
        const [history, members] = await Promise.all([chats.missed(id, after), seats.members(id), rooms.find(id)]);
        return { room: id, ...history, people: members.length, members };
      } catch (error) {
        await leave(id, false).catch(() => undefined);
        throw error;
      }
    });

    handle(socket, 'leave', z.undefined(), { limits, log }, async () => {
      for (const room of [...joined]) {
        await leave(room, true);
        if (!(await seats.find(room, visitor.id))) await admissions.revoke(room, visitor.id);
      }
      return undefined;
    });

    handle(socket, 'typing', z.boolean(), { limits, log }, (on) => {
      if (on && performance.now() - typedAt < TYPING_MS) return undefined;
      if (on) typedAt = performance.now();
      for (const room of joined) socket.volatile.to(chatRoom(room)).emit('typing', { who: person(visitor), on });
      return undefined;
    });

    socket.on('disconnect', () => {
      if (site.draining()) return; // seats stay for the grace time: services.stop() saw to that
      for (const room of [...joined]) {
        leave(room, false).catch((error: unknown) => log.error({ err: error }, 'a seat was not released'));
      }
    });
  });
}
