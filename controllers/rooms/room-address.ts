/** Addresses of rooms: the one that a request names, and the one that people give to each other. */
import type { Request, Response } from 'express';
import { visitorId } from '../../schemas/people/visitor-id.js';
import { roomId } from '../../schemas/rooms/payloads.js';
import type { Room } from '../../schemas/rooms/room.js';
import { AppError } from '../../services/site/errors.js';
import { speaksJson, wantsPage } from '../site/reply.js';
import type { Site } from '../site/site.js';

/** Its id, whether there is such a room or not. @throws AppError room_not_found, for what cannot be an id. */
export function roomIdOf(request: Request): string {
  const id = roomId.safeParse(request.params['id']);
  if (!id.success) throw new AppError('room_not_found');
  return id.data;
}

/** The visitor whom a request names. @throws AppError person_not_found, for what cannot be an id. */
export function personIn(request: Request): string {
  const id = visitorId.safeParse(request.params['visitor']);
  if (!id.success) throw new AppError('person_not_found');
  return id.data;
}

/** @throws AppError room_not_found, room_closed. */
export const roomOf = (request: Request, { services: { rooms } }: Site): Promise<Room> => rooms.find(roomIdOf(request));

/** The room, or null: then the answer was given, and a browser is led to the receipt, or to the list, which says why. */
export async function roomOrList(request: Request, response: Response, site: Site): Promise<Room | null> {
  try {
    return await roomOf(request, site);
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== 'room_not_found' && error.code !== 'room_closed')) throw error;
    if (request.method !== 'GET' && !wantsPage(request) && speaksJson(request)) throw error;
    const path = error.code === 'room_closed' ? `/room/${roomIdOf(request)}/closed` : '/?error=room_not_found';
    response.redirect(302, site.config.base + path);
    return null;
  }
}

export const shareUrl = (request: Request, { _id }: Room, { origins }: Site): string =>
  `${origins.addressFor(request.headers.host)}/room/${String(_id)}`;
