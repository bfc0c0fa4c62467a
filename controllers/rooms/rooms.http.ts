/** Rooms over HTTP: list, create, enter, leave, delete, and the page of one room. */
import type { Request, RequestHandler, Response } from 'express';
import QRCode from 'qrcode';
import { messageView } from '../../schemas/rooms/chat.js';
import { enterRoom, listQuery, newRoom, roomId, SEATS, title } from '../../schemas/rooms/payloads.js';
import { addressKey } from '../../services/site/addresses.js';
import { speaksJson, wantsPage } from '../site/reply.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { roomView, type Room } from '../../schemas/rooms/room.js';
import { AppError, isErrorCode } from '../../services/site/errors.js';
import type { Site } from '../site/site.js';

/** How long a page view keeps the seat of a visitor who is about to load the page again. */
const RELOAD_MS = 5_000;
/** How long a view of the log keeps the seat of a visitor without JavaScript; the log refreshes itself sooner. */
const LOG_MS = 60_000;

export type RoomsHttp = ReturnType<typeof roomsHttp>;

export function roomsHttp({ config, services, origins }: Site) {
  const { rooms, seats, chats, admissions, limits } = services;
  const url = (path: string) => config.base + path;

  /** The room of the address. @throws AppError room_not_found, room_closed. */
  async function roomOf(request: Request): Promise<Room> {
    const id = roomId.safeParse(request.params['id']);
    if (!id.success) throw new AppError('room_not_found');
    return rooms.find(id.data);
  }

  const list: RequestHandler = async (request, response) => {
    const { page, q } = parse(listQuery, request.query);
    const [found, pulse] = await Promise.all([rooms.list(page, q, visitorOf(request).id), rooms.pulse()]);
    const error = isErrorCode(request.query['error']) ? request.query['error'] : null;
    response.setHeader('Cache-Control', 'no-store');
    response.render('rooms.html', { ...found, q, error, pulse });
  };

  const form: RequestHandler = async (request, response) => {
    const wished = title.safeParse(request.query['title']);
    const values = { title: wished.success ? wished.data : '', max: SEATS.default };
    response.render('room-new.html', { values, fields: {}, error: null, pulse: await rooms.pulse() });
  };

  const create: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const body = bodyOf(request);
    try {
      const input = parse(newRoom, body);
      await limits.take('room_ip', addressKey(request.ip), 'too_many_rooms');
      await limits.take('room', visitor.id, 'too_many_rooms');
      const room = await rooms.create(input, visitor.id);
      if (speaksJson(request))
        return void response
          .status(201)
          .location(url(`/room/${room._id}`))
          .json(room);
      response.redirect(302, url(`/room/${room._id}`));
    } catch (error) {
      if (!(error instanceof AppError) || !wantsPage(request)) throw error;
      const { title: typed, max } = body as Record<string, unknown>;
      const values = {
        title: typeof typed === 'string' ? typed : '',
        max: typeof max === 'string' ? max : SEATS.default,
      };
      const fields = error.details.fields ?? {};
      response.status(error.status);
      if (error.details.retryAfter) response.setHeader('Retry-After', error.details.retryAfter);
      response.render('room-new.html', { values, fields, error: error.code, pulse: await rooms.pulse() });
    }
  };

  /** The chat page, or what stands before it: the list with a reason, or the password form. */
  const show: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const room = await findOrRedirect(request, response);
    if (!room) return;
    const id = String(room._id);
    const [password] = [request.query['password']].flat();
    if (password !== undefined) {
      const error = await tryPassword(request, room, typeof password === 'string' ? password : '');
      return void response.redirect(302, url(`/room/${id}${error ? `?error=${error.code}` : ''}`));
    }
    if (!(await rooms.mayEnter(room, visitor.id))) {
      return showPasswordForm(request, response, room, new AppError('password_required'));
    }
    const members = await seats.members(id);
    if (!members.some((member) => member.id === visitor.id) && members.length >= room.max) {
      return void response.redirect(302, url('/?error=room_full'));
    }
    await admissions.grant(id, visitor.id);
    await seats.keep(id, visitor.id, Math.min(RELOAD_MS, config.graceMs));
    const model = await chatModel(room, members);
    response.setHeader('Cache-Control', 'no-store');
    const error = isErrorCode(request.query['error']) ? request.query['error'] : null;
    response.render('chat.html', { ...model, owner: room.owner === visitor.id, error, pulse: await rooms.pulse() });
  };

  /** The log alone, for visitors without JavaScript; looking at it keeps the seat. */
  const log: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const room = await roomOf(request);
    if (!(await rooms.mayEnter(room, visitor.id))) throw new AppError('not_admitted');
    await admissions.grant(String(room._id), visitor.id);
    await seats.lease(room, visitor, LOG_MS);
    response.setHeader('Cache-Control', 'no-store');
    response.render('log.html', await chatModel(room, await seats.members(String(room._id))));
  };

  const enter: RequestHandler = async (request, response) => {
    const room = await findOrRedirect(request, response);
    if (!room) return;
    const { password } = parse(enterRoom, bodyOf(request));
    const error = await tryPassword(request, room, password);
    if (!error) return void response.redirect(303, url(`/room/${String(room._id)}`));
    if (!wantsPage(request) && speaksJson(request)) throw error;
    await showPasswordForm(request, response, room, error);
  };

  /** What a reload of a drawn password form asks for. */
  const entrance: RequestHandler = (request, response) =>
    response.redirect(302, url(`/room/${encodeURIComponent(String(request.params['id']))}`));

  const leave: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const id = parse(roomId, request.params['id']);
    await seats.leave(id, visitor.id);
    await admissions.revoke(id, visitor.id);
    if (speaksJson(request)) return void response.json({ ok: true });
    response.redirect(303, url('/'));
  };

  const remove: RequestHandler = async (request, response) => {
    const visitor = visitorOf(request);
    const id = roomId.safeParse(request.params['id']);
    if (!id.success) throw new AppError('room_not_found');
    await rooms.closeByOwner(id.data, visitor.id);
    await services.reaper.erase(id.data);
    if (request.method === 'POST') return void response.redirect(303, url(`/room/${id.data}/closed`));
    response.type('text/plain').send('ok');
  };

  const closed: RequestHandler = async (request, response) => {
    const id = roomId.safeParse(request.params['id']);
    const receipt = id.success ? await rooms.receipt(id.data) : null;
    response.status(receipt ? 410 : 404);
    response.setHeader('Cache-Control', 'no-store');
    response.render('closed.html', {
      receipt: receipt && { ...receipt, closedAt: receipt.closedAt.toISOString() },
      pulse: await rooms.pulse(),
    });
  };

  const qr: RequestHandler = async (request, response) => {
    const room = await roomOf(request);
    const svg = await QRCode.toString(shareUrl(room), { type: 'svg', margin: 1 });
    response.setHeader('Cache-Control', 'private, max-age=3600');
    response.type('image/svg+xml').send(svg);
  };

  const shareUrl = (room: Room) => `${origins.url}/room/${String(room._id)}`;

  async function chatModel(room: Room, members: Awaited<ReturnType<typeof seats.members>>) {
    const id = String(room._id);
    const page = await chats.page(id);
    const messages = page.messages.map((chat) => ({ ...messageView(chat), shift: chat.author.shift }));
    return {
      room: roomView(room, members.length),
      members,
      messages,
      more: page.more,
      seq: messages.at(-1)?.seq ?? 0,
      shareUrl: shareUrl(room),
      graceSeconds: Math.round(config.graceMs / 1000),
    };
  }

  /** Rooms that are not there lead back to the list, in words. */
  async function findOrRedirect(request: Request, response: Response): Promise<Room | null> {
    try {
      return await roomOf(request);
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== 'room_not_found' && error.code !== 'room_closed'))
        throw error;
      if (request.method !== 'GET' && !wantsPage(request) && speaksJson(request)) throw error;
      response.redirect(302, url('/?error=room_not_found'));
      return null;
    }
  }

  /**
   * Compare a password, within limits. A visitor's try is counted before it is compared, so that no more than allowed
   * run at once, and given back unless it was wrong; an address counts wrong ones only, for a class may enter together
   * behind one (how many are compared at once is bounded: services/passwords.ts).
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

  async function showPasswordForm(request: Request, response: Response, room: Room, error: AppError): Promise<void> {
    if (speaksJson(request)) throw error;
    const said = isErrorCode(request.query['error']) ? request.query['error'] : error.code;
    const members = await seats.members(String(room._id));
    const { triesLeft, retryAfter } = error.details;
    response.status(error.status);
    if (retryAfter) response.setHeader('Retry-After', retryAfter);
    response.setHeader('Cache-Control', 'no-store');
    response.render('password.html', {
      room: roomView(room, members.length),
      members,
      error: said === 'password_required' ? null : said,
      triesLeft: Number.isFinite(triesLeft) ? triesLeft : undefined,
      retryAfter,
      pulse: await rooms.pulse(),
    });
  }

  return { list, form, create, show, log, enter, entrance, leave, remove, closed, qr };
}
