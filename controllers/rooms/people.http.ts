/** The people of a room over HTTP: who is host, who helps. */
import type { Request } from 'express';
import { rolesOf } from '../../schemas/rooms/room.js';
import { roleOfPerson } from '../../schemas/rooms/payloads.js';
import { visitorId } from '../../schemas/people/visitor-id.js';
import { AppError } from '../../services/site/errors.js';
import { formsOf } from '../site/form.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { roomIdOf } from './room-address.js';

export function peopleHttp(site: Site) {
  const { hosts } = site.services;
  const { form } = formsOf(site, { path: (request) => `/room/${roomIdOf(request)}` });

  const role = form(async (request) => {
    const { role: office } = parse(roleOfPerson, bodyOf(request));
    const room = await hosts.setRole(roomIdOf(request), visitorOf(request).id, personIn(request), office);
    return { roles: rolesOf(room) };
  });

  return { role };
}

/** The visitor whom a request names. @throws AppError person_not_found, for what cannot be an id. */
function personIn(request: Request): string {
  const id = visitorId.safeParse(request.params['visitor']);
  if (!id.success) throw new AppError('person_not_found');
  return id.data;
}
