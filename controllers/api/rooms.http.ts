/** /api/v1/rooms: list, open, look at, enter and leave rooms. Texts and pictures in them are those of the pages' doors. */
import type { RequestHandler } from 'express';
import type { MemberRoomView, RoomView } from '../../schemas/rooms/contract.js';
import { enterRoomByApi, roomsQuery } from '../../schemas/rooms/payloads.js';
import type { Room } from '../../schemas/rooms/room.js';
import { person } from '../../services/people/visitors.js';
import { addressKey } from '../../services/site/addresses.js';
import { AppError } from '../../services/site/errors.js';
import { roomDeeds } from '../rooms/deeds.js';
import { roomIdOf, roomOf } from '../rooms/room-address.js';
import type { Site } from '../site/site.js';
import { bodyOf, isEmpty, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';

export function roomsApi(site: Site) {
  const { rooms, door, listing, roles, seats, entrance } = site.services;
  const deeds = roomDeeds(site);

  const list: RequestHandler = async (request, response) => {
    visitorOf(request);
    response.json(await listing.page(parse(roomsQuery, request.query)));
  };

  const create: RequestHandler = async (request, response) => {
    const room = await deeds.create(request);
    response.status(201).location(`${site.config.base}/api/v1/rooms/${room._id}`).json(room);
  };

  /** A room as whoever asks may see it. */
  async function viewFor(room: Room, visitor: string, people: number): Promise<RoomView | MemberRoomView> {
    const role = await roles.of(room, visitor);
    const isIn = role === 'member' || role === 'helper' || role === 'host';
    return isIn ? rooms.memberViewOf(room, people) : rooms.viewOf(room, people);
  }

  const show: RequestHandler = async (request, response) => {
    const { id } = visitorOf(request);
    const room = await roomOf(request, site);
    response.json(await viewFor(room, id, await seats.count(String(room._id))));
  };

  /** Come in: by the password, or where there is none; or ask the host. A seat is taken by posting, or by a connection that joins. */
  const enter: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const address = addressKey(request.ip);
    const room = await roomOf(request, site);
    const { password } = parse(enterRoomByApi, isEmpty(request) ? {} : bodyOf(request));
    const members = await seats.members(String(room._id));
    const isFull = members.length >= room.max && !members.some(({ id }) => id === visitor.id);
    // Who knocks already goes on waiting at a full room.
    if (isFull && !room.approval) throw new AppError('room_full');
    const refusal = password === undefined ? await door.ask(room, visitor, address) : null;
    if (refusal) throw refusal;
    await entrance.enter(room, password ?? '', visitor, address);
    if (isFull) throw new AppError('room_full');
    response.json(await viewFor(room, visitor.id, members.length));
  };

  const people: RequestHandler = async (request, response) => {
    const { id } = visitorOf(request);
    const room = await roomOf(request, site);
    await roles.require(room, id, 'read');
    response.json({ people: (await seats.members(String(room._id))).map(person) });
  };

  const leave: RequestHandler = async (request, response) => {
    visitorOf(request); // a stranger is not told what became of the room
    const room = await roomOf(request, site);
    await deeds.leave(request, String(room._id));
    response.status(204).end();
  };

  const close: RequestHandler = async (request, response) => {
    await deeds.close(request, roomIdOf(request));
    response.json({ ok: true });
  };

  return { list, create, show, enter, people, leave, close };
}
