/** Polls over HTTP: those in charge ask and end, everybody inside votes. */
import type { Request } from 'express';
import { roomId } from '../../schemas/rooms/payloads.js';
import { newPoll, vote } from '../../schemas/rooms/poll-payloads.js';
import { addressKey } from '../../services/site/addresses.js';
import { speakFrom } from '../../services/rooms/speakers.js';
import { AppError } from '../../services/site/errors.js';
import { takeChat } from '../site/allowance.js';
import { formsOf } from '../site/form.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { roomIdOf, roomOf } from './room-address.js';

export function pollsHttp(site: Site) {
  const { polls, roles, speakers, limits } = site.services;
  const { form } = formsOf(site, { path: (request) => `/room/${roomIdOf(request)}` });

  const seatOf = (request: Request) => speakers.seatOf(roomIdOf(request), visitorOf(request), addressKey(request.ip));

  /** @throws AppError not_host, room_not_found, room_closed. */
  const requirePoll = async (request: Request) =>
    roles.require(await roomOf(request, site), visitorOf(request).id, 'poll');

  const post = form(async (request) => {
    const poll = parse(newPoll, bodyOf(request));
    await requirePoll(request);
    const seat = await seatOf(request);
    await takeChat(limits, seat.visitor, addressKey(request.ip));
    return speakFrom(
      seat,
      () => seatOf(request),
      (from) => polls.post(from, poll),
    );
  });

  const cast = form(async (request) => {
    const chat = chatIdOf(request);
    // A form where nothing is ticked sends nothing.
    const { options } = parse(vote, request.body === undefined ? {} : bodyOf(request));
    const seat = await seatOf(request);
    await takeChat(limits, seat.visitor, addressKey(request.ip));
    return polls.vote(seat, chat, options);
  });

  const end = form(async (request) => {
    const chat = chatIdOf(request);
    await requirePoll(request);
    return polls.end(roomIdOf(request), chat);
  });

  return { post, vote: cast, end };
}

/** The id of a message in the address. @throws AppError not_found, for what cannot be one. */
function chatIdOf(request: Request): string {
  const id = roomId.safeParse(request.params['chat']);
  if (!id.success) throw new AppError('not_found');
  return id.data;
}
