/** Rooms over HTTP: list, create, leave, delete, the receipt of one that ended, its QR code. */
import type { RequestHandler } from 'express';
import { listQuery, roomId, SEATS, title, TITLE_MAX } from '../../schemas/rooms/payloads.js';
import { AppError } from '../../services/site/errors.js';
import { pages } from '../site/page.js';
import { speaksJson, wantsPage } from '../site/reply.js';
import type { Site } from '../site/site.js';
import { bodyOf, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { roomDeeds } from './deeds.js';
import { roomIdOf, roomOf, shareUrl } from './room-address.js';

/** What the form of a new room allows. */
const ROOM_LIMITS = { title: TITLE_MAX, seats: SEATS };

export function roomsHttp(site: Site) {
  const { rooms, clock } = site.services;
  const deeds = roomDeeds(site);
  const { show, refuse } = pages(site);
  const url = (path: string) => site.config.base + path;

  const list: RequestHandler = async (request, response) => {
    const { page, q } = parse(listQuery, request.query);
    // Before the rooms are read: what changes from now on, the page asks for once it is connected.
    const drawnAt = clock.now();
    const found = rooms.list(page, q, visitorOf(request).id);
    await show(
      request,
      response,
      'rooms.html',
      found.then((rooms) => ({ ...rooms, q, drawnAt })),
    );
  };

  const form: RequestHandler = async (request, response) => {
    const wished = title.safeParse(request.query['title']);
    const values = { title: wished.success ? wished.data : '', max: SEATS.default };
    await show(request, response, 'room-new.html', { values, fields: {}, error: null, roomLimits: ROOM_LIMITS });
  };

  const create: RequestHandler = async (request, response) => {
    try {
      const room = await deeds.create(request);
      const path = url(`/room/${room._id}`);
      if (speaksJson(request)) return void response.status(201).location(path).json(room);
      response.redirect(302, path);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'no_session' || !wantsPage(request)) throw error;
      const { title: typed, max } = bodyOf(request) as Record<string, unknown>;
      const values = {
        title: typeof typed === 'string' ? typed : '',
        max: typeof max === 'string' ? max : SEATS.default,
      };
      await refuse(request, response, 'room-new.html', error, { values, roomLimits: ROOM_LIMITS });
    }
  };

  const leave: RequestHandler = async (request, response) => {
    await deeds.leave(request, parse(roomId, request.params['id']));
    if (speaksJson(request)) return void response.json({ ok: true });
    response.redirect(303, url('/'));
  };

  const remove: RequestHandler = async (request, response) => {
    const id = roomIdOf(request);
    await deeds.close(request, id);
    if (request.method === 'POST') return void response.redirect(303, url(`/room/${id}/closed`));
    response.type('text/plain').send('ok');
  };

  const closed: RequestHandler = async (request, response) => {
    const id = roomId.safeParse(request.params['id']);
    const receipt = id.success ? await rooms.receipt(id.data) : null;
    response.status(receipt ? 410 : 404);
    await show(request, response, 'closed.html', {
      receipt: receipt && { ...receipt, closedAt: receipt.closedAt.toISOString() },
    });
  };

  const qr: RequestHandler = async (request, response) => {
    const room = await roomOf(request, site);
    const { default: QRCode } = await import('qrcode');
    const svg = await QRCode.toString(shareUrl(request, room, site), { type: 'svg', margin: 1 });
    response.setHeader('Cache-Control', 'private, max-age=3600');
    response.type('image/svg+xml').send(svg);
  };

  return { list, form, create, leave, remove, closed, qr };
}
