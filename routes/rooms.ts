/** / and /room: list, create, show, enter, leave, delete. */
import compression from 'compression';
import { Router } from 'express';
import { entranceHttp } from '../controllers/rooms/entrance.http.js';
import { roomPageHttp } from '../controllers/rooms/room-page.http.js';
import { roomsHttp } from '../controllers/rooms/rooms.http.js';
import type { Site } from '../controllers/site/site.js';
import type { Before } from './middleware/before.js';

export function roomRoutes(site: Site, { page, body }: Before): Router {
  const router = Router();
  const rooms = roomsHttp(site);
  const { show, log, sit } = roomPageHttp(site);
  const { enter, reload } = entranceHttp(site);
  // Fifty cards weigh. The list holds no secret that a reflected query could be measured against; other pages may.
  router.get('/', compression(), page, rooms.list);
  router.get('/room', page, rooms.form);
  router.post('/room', body, rooms.create);
  router.get('/room/:id', page, show);
  router.delete('/room/:id', rooms.remove);
  router.post('/room/:id/delete', rooms.remove);
  router.post('/room/:id/enter', body, enter);
  router.get('/room/:id/enter', reload);
  router.post('/room/:id/sit', sit);
  router.post('/room/:id/leave', rooms.leave);
  router.get('/room/:id/log', page, log);
  router.get('/room/:id/closed', page, rooms.closed);
  router.get('/room/:id/qr.svg', rooms.qr);
  return router;
}
