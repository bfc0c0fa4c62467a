/** Who asks to be let in, and what hosts answer, over HTTP; and the page of those who wait. */
import type { Request, RequestHandler, Response } from 'express';
import { knockAnswer } from '../../schemas/rooms/payloads.js';
import type { Room } from '../../schemas/rooms/room.js';
import { visitorId } from '../../schemas/people/visitor-id.js';
import { AppError } from '../../services/site/errors.js';
import { formsOf } from '../site/form.js';
import { pages } from '../site/page.js';
import { speaksJson } from '../site/reply.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { roomIdOf, roomOf } from './room-address.js';

export function knocksHttp(site: Site) {
  const { knocks, knockAnswers, roles } = site.services;
  const { form } = formsOf(site, { path: (request) => `/room/${roomIdOf(request)}` });

  /** @throws AppError not_host, not_admitted, banned, room_not_found, room_closed. */
  async function asHost(request: Request): Promise<Room> {
    const room = await roomOf(request, site);
    await roles.require(room, visitorOf(request).id, 'admit');
    return room;
  }

  const list: RequestHandler = async (request, response) => {
    response.json({ knocks: await knocks.list(String((await asHost(request))._id)) });
  };

  const answer = form(async (request) => {
    const { admit } = parse(knockAnswer, bodyOf(request));
    const room = await asHost(request);
    const visitor = visitorId.safeParse(request.params['visitor']);
    if (!visitor.success) throw new AppError('person_not_found');
    if (admit) await knockAnswers.admit(room, visitor.data);
    else await knockAnswers.refuse(String(room._id), visitor.data);
    return { knocks: await knocks.list(String(room._id)) };
  });

  const admitAll = form(async (request) => {
    const room = await asHost(request);
    const admitted = await knockAnswers.admitAll(room);
    return { admitted, knocks: await knocks.list(String(room._id)) };
  });

  return { list, answer, admitAll };
}

/** Refusals that a waiting page tells: the host was asked, or has said no. */
export const isWaiting = ({ code }: AppError): boolean => code === 'knocking' || code === 'not_admitted';

export function waitingPage(site: Site) {
  const { refuse } = pages(site);

  /**
   * The page of somebody who knocks, or was refused, under the status of that. Scripts get it as an error. It says what room
   * this is where the list does, or where the visitor has given the password.
   */
  return async function show(request: Request, response: Response, room: Room, reason: AppError): Promise<void> {
    if (speaksJson(request)) throw reason;
    await refuse(request, response, 'waiting.html', reason, {
      error: null,
      id: String(room._id),
      title: room.unlisted && !room.locked ? null : room.title,
      isRefused: reason.code !== 'knocking',
    });
  };
}
