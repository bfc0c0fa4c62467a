/** What a host sets, over HTTP: by PATCH, or by the forms of a page of its own, which the conversation shows as a sheet. */
import type { Request, RequestHandler } from 'express';
import { roomSettings, SLOW_MAX } from '../../schemas/rooms/settings-payloads.js';
import { SEATS, TITLE_MAX } from '../../schemas/rooms/payloads.js';
import { requireRight } from '../../services/rooms/rights.js';
import { formsOf } from '../site/form.js';
import { pages } from '../site/page.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { partyOf, visitorOf } from '../site/visitor.js';
import { roomIdOf, roomOf } from './room-address.js';

/** What the form of a room allows. */
const ROOM_LIMITS = { title: TITLE_MAX, seats: SEATS, slow: SLOW_MAX };

export function settingsHttp(site: Site) {
  const { rooms, roles, settings, limits, reports } = site.services;
  const { show: showPage } = pages(site);
  const { form } = formsOf(site, { path: (request) => `/room/${roomIdOf(request)}/settings` });

  const show: RequestHandler = async (request, response) => {
    const room = await roomOf(request, site);
    const visitor = visitorOf(request).id;
    const role = await roles.of(room, visitor);
    requireRight(role, 'set');
    const id = String(room._id);
    const [view, reported] = await Promise.all([rooms.memberView(id), reports.list(id)]);
    const model = { room: view, role, roomLimits: ROOM_LIMITS, reports: reported };
    await showPage(request, response, 'room-settings.html', model);
  };

  const change = async (request: Request) => {
    const room = await roomOf(request, site);
    const visitor = visitorOf(request).id;
    const role = await roles.of(room, visitor);
    requireRight(role, 'set');
    const wished = parse(roomSettings, bodyOf(request));
    if (wished.password !== undefined) requireRight(role, 'password');
    await limits.take('room_set', visitor);
    return settings.change(String(room._id), wished, partyOf(request));
  };

  return { show, change: form(change) };
}
