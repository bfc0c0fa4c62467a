/** Rooms on the raw gateway: what its frames do, and what a connection that has joined a room hears of it. */
import type { z } from 'zod';
import type { MessageView, RoomClientFrame, RoomServerFrame } from '../../schemas/rooms/contract.js';
import type { roomFrames as shapes } from '../../schemas/rooms/frames.js';
import type { Identity } from '../../services/people/tokens.js';
import { AppError } from '../../services/site/errors.js';
import type { Peers } from '../sockets/peers.js';
import type { Site } from '../site/site.js';
import { RoomEar } from './room-ear.js';
import { sayIn } from './say.js';

/** Rooms that one connection may be in at once. */
const ROOMS_MAX = 5;
/** Milliseconds between two looks for what other nodes have posted. */
const LOOK_MS = 1_000;

/** The part of a connection that is used here. */
export interface Connection {
  readonly id: string;
  readonly address: string;
  readonly identity: Identity | null;
  readonly isOpen: boolean;
  /** @returns whether it went out. */
  send(frame: RoomServerFrame): boolean;
}

type Frame<Type extends RoomClientFrame['type']> = Extract<z.output<(typeof shapes)[number]>, { type: Type }>;

export type RoomFrames = ReturnType<typeof roomFrames>;

/** @param shared other nodes may post in the same rooms. */
export function roomFrames(site: Site, shared: boolean) {
  const { rooms, seats, speakers, joins, chats, admissions, bans, nodes, events } = site.services;
  const say = sayIn(site);
  /** Connection -> room -> its ear. */
  const joined = new Map<Connection, Map<string, RoomEar>>();
  const onError = (error: unknown) => site.log.warn({ err: error }, 'a connection did not hear its room');

  const visitorOf = ({ identity }: Connection) => {
    if (!identity) throw new AppError('no_session');
    return identity.visitor;
  };
  const refOf = ({ id }: Connection) => ({ node: nodes.id, socket: id });

  /** The ears of a room, with their connections. */
  function* earsOf(room: string): Generator<[Connection, RoomEar]> {
    for (const [connection, ears] of joined) {
      const ear = ears.get(room);
      if (ear) yield [connection, ear];
    }
  }

  function forget(connection: Connection, room: string): void {
    const ears = joined.get(connection);
    ears?.get(room)?.end();
    ears?.delete(room);
    if (ears?.size === 0) joined.delete(connection);
  }

  /** Tell connections that they are in a room no more. */
  function close(room: string, reason: string, fits: (connection: Connection) => boolean = () => true): void {
    for (const [connection] of [...earsOf(room)].filter(([connection]) => fits(connection))) {
      forget(connection, room);
      connection.send({ type: 'closed', room, reason });
    }
  }

  const handlers = {
    async join(connection: Connection, { room, after }: Frame<'join'>): Promise<void> {
      const visitor = visitorOf(connection);
      const ears = joined.get(connection) ?? new Map<string, RoomEar>();
      if (ears.size >= ROOMS_MAX && !ears.has(room)) throw new AppError('too_many_rooms');
      await joins.enter(room, visitor, refOf(connection), connection.address);
      const ear = new RoomEar(room, chats, (message) => connection.send({ type: 'room', message }));
      joined.set(connection, ears.set(room, ear));
      try {
        if (!connection.isOpen) throw new AppError('unavailable');
        const { seq, missed, more, people } = await joins.welcome(room, visitor, after, undefined);
        // Made to leave meanwhile, and told so.
        if (ears.get(room) !== ear) throw new AppError('not_admitted');
        connection.send({ type: 'joined', room, seq, missed, more, people });
        await ear.begin(seq);
      } catch (error) {
        forget(connection, room);
        await seats.release(room, visitor.id, refOf(connection), false).catch(() => undefined);
        throw error;
      }
    },

    async post(connection: Connection, { room, chat, clientId, replyTo }: Frame<'post'>): Promise<void> {
      const visitor = visitorOf(connection);
      if (!joined.get(connection)?.has(room)) {
        await bans.refuse(await rooms.find(room), visitor.id);
        throw new AppError('not_admitted');
      }
      const { address } = connection;
      const message = await say(() => speakers.seatOf(room, visitor, address), address, { chat, clientId, replyTo });
      connection.send({ type: 'posted', message, ...(clientId !== undefined && { clientId }) });
    },

    /** On purpose: who sits there with nothing else has to be admitted again. */
    async leave(connection: Connection, { room }: Frame<'leave'>): Promise<void> {
      const { id } = visitorOf(connection);
      if (!joined.get(connection)?.has(room)) throw new AppError('not_admitted');
      forget(connection, room);
      await seats.release(room, id, refOf(connection), true);
      if (await seats.find(room, id)) return;
      await admissions.revoke(room, id);
      if (await seats.find(room, id)) await admissions.grant(room, id);
    },
  };

  events.on('message.posted', (message: MessageView) => {
    for (const [, ear] of earsOf(message.room)) ear.hear(message).catch(onError);
  });
  const look = () => {
    for (const ears of joined.values()) for (const ear of ears.values()) ear.catchUp().catch(onError);
  };
  const timer = shared ? setInterval(look, LOOK_MS).unref() : undefined;

  return {
    handlers,

    /** Hear the ends of rooms and of seats, also from other nodes. */
    listen(peers: Peers): void {
      peers.on('room.closed', ({ room, reason }) => close(room, reason));
      peers.on('seat.left', ({ room, visitor }) =>
        close(room, 'left', (connection) => connection.identity?.visitor.id === visitor),
      );
      const putOut = peers.everywhere('room.putOut', (room: string, visitor: string, reason: string) =>
        close(room, reason, (connection) => connection.identity?.visitor.id === visitor),
      );
      events.on('seat.removed', ({ room, visitor, reason }) => putOut(room, visitor, reason));
    },

    /** A connection has closed: its seats are free, unless something else keeps them. */
    async gone(connection: Connection): Promise<void> {
      const ears = joined.get(connection);
      joined.delete(connection);
      if (!ears || !connection.identity || site.draining()) return; // seats stay for the grace time
      for (const room of ears.keys())
        await seats.release(room, connection.identity.visitor.id, refOf(connection), false);
    },

    stop: () => clearInterval(timer),
  };
}
