/** The way into a room with a password: the form, its limits, and `?password=` in the address. */
import type { Request, RequestHandler, Response } from 'express';
import { enterRoom } from '../../schemas/rooms/payloads.js';
import { type Room, roomView } from '../../schemas/rooms/room.js';
import { addressKey } from '../../services/site/addresses.js';
import { AppError } from '../../services/site/errors.js';
import { errorOf, pages } from '../site/page.js';
import { speaksJson, wantsPage } from '../site/reply.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { roomOrList } from './room-address.js';

export function entranceHttp(site: Site) {
  const { rooms, seats, limits } = site.services;
  const { refuse } = pages(site);
  const url = (path: string) => site.config.base + path;

  const enter: RequestHandler = async (request, response) => {
    const room = await roomOrList(request, response, site);
    if (!room) return;
    const { password } = parse(enterRoom, bodyOf(request));
    const error = await tryPassword(request, room, password);
    if (!error) return void response.redirect(303, url(`/room/${String(room._id)}`));
    if (!wantsPage(request) && speaksJson(request)) throw error;
    await showForm(request, response, room, error);
  };

  /** What a reload of a drawn password form asks for. */
  const reload: RequestHandler = (request, response) =>
    response.redirect(302, url(`/room/${encodeURIComponent(String(request.params['id']))}`));

  /** A password in the address: tried, and gone from it with the redirect to the room. */
  async function enterByAddress(request: Request, response: Response, room: Room, password: unknown): Promise<void> {
    const error = await tryPassword(request, room, typeof password === 'string' ? password : '');
    response.redirect(302, url(`/room/${String(room._id)}${error ? `?error=${error.code}` : ''}`));
  }

  /**
   * Compare a password, within limits. A visitor's try is counted before it is compared, so that no more than allowed
   * run at once, and given back unless it was wrong; an address counts wrong ones only, for a class may enter together
   * behind one (how many are compared at once is bounded: services/people/passwords.ts).
   * @returns why not, or null.
   */
  async function tryPassword(request: Request, room: Room, password: string): Promise<AppError | null> {
    const visitor = visitorOf(request);
    const id = String(room._id);
    const address = addressKey(request.ip);
    const own = ['password', `${id}:${visitor.id}`] as const;
    const shared = [
      ['password_ip', `${id}:${address}`],
      ['password_day', address],
    ] as const;
    try {
      for (const [name, key] of shared) await limits.check(name, key, 'too_many_tries');
      const left = [await limits.take(...own, 'too_many_tries')];
      let isWrong = false;
      try {
        isWrong = !(await rooms.enter(id, password, visitor.id));
      } finally {
        if (!isWrong) await limits.giveBack(...own);
      }
      if (!isWrong) return null;
      for (const [name, key] of shared) left.push(await limits.take(name, key, 'too_many_tries'));
      return new AppError('password_wrong', { triesLeft: Math.min(...left) });
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }

  /** The form, under the status of what led to it. Scripts get that as an error. */
  async function showForm(request: Request, response: Response, room: Room, reason: AppError): Promise<void> {
    if (speaksJson(request)) throw reason;
    const error = errorOf(request) ?? reason.code;
    const members = await seats.members(String(room._id));
    await refuse(request, response, 'password.html', reason, {
      room: roomView(room, members.length),
      members,
      error: error === 'password_required' ? null : error,
    });
  }

  return { enter, reload, enterByAddress, showForm };
}
