/** The forms of the operator's page, and the search for people. Who asks is signed in (admin.http.ts). */
import type { RequestHandler } from 'express';
import {
  addressBan,
  announcement,
  BAN_MINUTES,
  maintenance,
  peopleQuery,
  visitorBan,
} from '../../schemas/admin/payloads.js';
import { roomId } from '../../schemas/rooms/payloads.js';
import { OBJECT_ID } from '../../schemas/site/text.js';
import { AppError } from '../../services/site/errors.js';
import { pages } from '../site/page.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { form } from './answer.js';

export function adminActionsHttp(site: Site) {
  const { adminActions } = site.services;
  const { show } = pages(site);

  const closeRoom = form(site, async (request, by) => {
    const id = roomId.safeParse(request.params['id']);
    if (!id.success) throw new AppError('room_not_found');
    await adminActions.closeRoom(id.data, by);
  });

  const ban = form(site, async (request, by) => {
    const body = bodyOf(request);
    if (Object.hasOwn(body as object, 'address')) {
      const { address, minutes } = parse(addressBan, body);
      return adminActions.banAddress(address, minutes, by);
    }
    const { visitor, minutes } = parse(visitorBan, body);
    await adminActions.banVisitor(visitor, minutes, by);
  });

  const liftBan = form(site, async (request, by) => {
    const id = String(request.params['ban']);
    if (!OBJECT_ID.test(id)) throw new AppError('person_not_found');
    await adminActions.liftBan(id, by);
  });

  const announce = form(site, (request, by) => adminActions.announce(parse(announcement, bodyOf(request)).text, by));
  const endAnnouncement = form(site, (_request, by) => adminActions.announce(null, by));
  const maintain = form(site, (request, by) => adminActions.maintain(parse(maintenance, bodyOf(request)).on, by));

  const people: RequestHandler = async (request, response) => {
    const query = parse(peopleQuery, request.query);
    const found = adminActions.findPeople(query);
    const model = found.then((people) => ({
      people,
      q: query.q ?? '',
      inRoom: Boolean(query.room),
      minutes: BAN_MINUTES,
    }));
    await show(request, response, 'admin-people.html', model);
  };

  return { closeRoom, ban, liftBan, announce, endAnnouncement, maintain, people };
}
