/** The people of a room over HTTP: who is host, who helps, who has to leave, who is kept out. */
import type { Request, RequestHandler } from 'express';
import { rolesOf } from '../../schemas/rooms/room.js';
import { removal, roleOfPerson, roomId } from '../../schemas/rooms/payloads.js';
import { AppError } from '../../services/site/errors.js';
import { formsOf } from '../site/form.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { personIn, roomIdOf, roomOf } from './room-address.js';

export function peopleHttp(site: Site) {
  const { bans, hosts, removals, roles } = site.services;
  const { form } = formsOf(site, { path: (request) => `/room/${roomIdOf(request)}` });

  const role = form(async (request) => {
    const { role: office } = parse(roleOfPerson, bodyOf(request));
    const room = await hosts.setRole(roomIdOf(request), visitorOf(request).id, personIn(request), office);
    return { roles: rolesOf(room) };
  });

  const remove = form(async (request) => {
    const wish = parse(removal, bodyOf(request));
    const { ban, others } = await removals.remove(roomIdOf(request), visitorOf(request).id, personIn(request), wish);
    return { ok: true, ...(ban && { ban, others }) };
  });

  const list: RequestHandler = async (request, response) => {
    response.json({ bans: await bans.list(await mayBan(request)) });
  };

  const lift: RequestHandler = async (request, response) => {
    const id = await mayBan(request);
    const ban = roomId.safeParse(request.params['ban']);
    if (!ban.success) throw new AppError('person_not_found');
    await bans.lift(id, ban.data);
    response.json({ ok: true });
  };

  /** @returns the room's id. @throws AppError not_host, room_not_found, room_closed. */
  async function mayBan(request: Request): Promise<string> {
    const room = await roomOf(request, site);
    await roles.require(room, visitorOf(request).id, 'bans');
    return String(room._id);
  }

  return { role, remove, bans: list, lift };
}
