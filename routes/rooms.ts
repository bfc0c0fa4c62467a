/** /room: create, show, enter, leave, delete. */
import { Router, type RequestHandler } from 'express';
import { entranceHttp } from '../controllers/rooms/entrance.http.js';
import { roomPageHttp } from '../controllers/rooms/room-page.http.js';
import type { RoomsHttp } from '../controllers/rooms/rooms.http.js';
import type { Site } from '../controllers/site/site.js';

export function roomRoutes(site: Site, rooms: RoomsHttp, page: RequestHandler, body: RequestHandler[]): Router {
  const router = Router();
  const { show, log } = roomPageHttp(site);
  const { enter, reload } = entranceHttp(site);
  router.get('/', page, rooms.form);
  router.post('/', body, rooms.create);
  router.get('/:id', page, show);
  router.delete('/:id', rooms.remove);
  router.post('/:id/delete', rooms.remove);
  router.post('/:id/enter', body, enter);
  router.get('/:id/enter', reload);
  router.post('/:id/leave', rooms.leave);
  router.get('/:id/log', page, log);
  router.get('/:id/closed', page, rooms.closed);
  router.get('/:id/qr.svg', rooms.qr);
  return router;
}
