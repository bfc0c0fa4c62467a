/** The way into a room with a password: the form, and `?password=` in the address. */
import type { Request, RequestHandler, Response } from 'express';
import { enterRoom } from '../../schemas/rooms/payloads.js';
import type { Room } from '../../schemas/rooms/room.js';
import { addressKey } from '../../services/site/addresses.js';
import { AppError } from '../../services/site/errors.js';
import { errorOf, pages } from '../site/page.js';
import { speaksJson, wantsPage } from '../site/reply.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { isWaiting, waitingPage } from './knocks.http.js';
import { roomOrList } from './room-address.js';

export function entranceHttp(site: Site) {
  const { entrance, rooms, seats } = site.services;
  const { refuse } = pages(site);
  const showWaiting = waitingPage(site);
  const url = (path: string) => site.config.base + path;

  const enter: RequestHandler = async (request, response) => {
    const room = await roomOrList(request, response, site);
    if (!room) return;
    const { password } = parse(enterRoom, bodyOf(request));
    const error = await tryPassword(request, room, password);
    if (error?.code === 'banned') throw error;
    if (!error) return void response.redirect(303, url(`/room/${String(room._id)}`));
    if (!wantsPage(request) && speaksJson(request)) throw error;
    if (isWaiting(error)) return showWaiting(request, response, room, error);
    if (error.code === 'room_full') return void response.redirect(303, url('/?error=room_full'));
    await showForm(request, response, room, error);
  };

  /** What a reload of a drawn password form asks for. */
  const reload: RequestHandler = (request, response) =>
    response.redirect(302, url(`/room/${encodeURIComponent(String(request.params['id']))}`));

  /** A password in the address: tried, and gone from it with the redirect to the room. */
  async function enterByAddress(request: Request, response: Response, room: Room, password: unknown): Promise<void> {
    const error = await tryPassword(request, room, typeof password === 'string' ? password : '');
    response.redirect(302, url(`/room/${String(room._id)}${error && !isWaiting(error) ? `?error=${error.code}` : ''}`));
  }

  /** @returns why not, or null. */
  async function tryPassword(request: Request, room: Room, password: string): Promise<AppError | null> {
    try {
      await entrance.enter(room, password, visitorOf(request), addressKey(request.ip));
      return null;
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
      room: rooms.viewOf(room, members.length),
      members,
      error: error === 'password_required' ? null : error,
    });
  }

  return { enter, reload, enterByAddress, showForm };
}
