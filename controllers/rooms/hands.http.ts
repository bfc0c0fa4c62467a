/** Raised hands and the pinned message over HTTP. */
import type { Request } from 'express';
import { visitorId } from '../../schemas/people/visitor-id.js';
import { pinnedChat, pinnedText } from '../../schemas/rooms/settings-payloads.js';
import type { Action } from '../../services/rooms/rights.js';
import { addressKey } from '../../services/site/addresses.js';
import { AppError } from '../../services/site/errors.js';
import { takeChat } from '../site/allowance.js';
import { formsOf } from '../site/form.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { roomIdOf, roomOf } from './room-address.js';
import { sayIn } from './say.js';

export function handsHttp(site: Site) {
  const { hands, roles, settings, speakers, limits } = site.services;
  const say = sayIn(site);
  const { form } = formsOf(site, { path: (request) => `/room/${roomIdOf(request)}` });

  const seatOf = (request: Request) => speakers.seatOf(roomIdOf(request), visitorOf(request), addressKey(request.ip));
  const requireRight = async (request: Request, action: Action) =>
    roles.require(await roomOf(request, site), visitorOf(request).id, action);

  const raise = form(async (request) => {
    const seat = await seatOf(request);
    await takeChat(limits, seat.visitor, addressKey(request.ip));
    return { hands: await hands.raise(seat) };
  });

  const lower = form(async (request) => {
    await requireRight(request, 'hand');
    return { hands: await hands.lower(roomIdOf(request), visitorOf(request).id) };
  });

  const lowerOther = form(async (request) => {
    await requireRight(request, 'call');
    const visitor = visitorId.safeParse(request.params['visitor']);
    const up = await hands.list(roomIdOf(request));
    if (!visitor.success || !up.some(({ id }) => id === visitor.data)) throw new AppError('person_not_found');
    return { hands: await hands.lower(roomIdOf(request), visitor.data) };
  });

  const pin = form(async (request) => {
    const { chat } = parse(pinnedChat, bodyOf(request));
    await requireRight(request, 'pin');
    return settings.pin(roomIdOf(request), chat);
  });

  /** Post an announcement and pin it. */
  const announce = form(async (request) => {
    const { text } = parse(pinnedText, bodyOf(request));
    await requireRight(request, 'pin');
    if (text === '') return settings.pin(roomIdOf(request), null);
    const { _id } = await say(() => seatOf(request), addressKey(request.ip), { chat: text });
    return settings.pin(roomIdOf(request), _id);
  });

  return { raise, lower, lowerOther, pin, announce };
}
