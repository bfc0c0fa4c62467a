/** /room: create, show, enter, leave, delete. */
import { Router, type RequestHandler } from 'express';
import type { RoomsHttp } from '../controllers/rooms/rooms.http.js';

export function roomRoutes(rooms: RoomsHttp, page: RequestHandler, body: RequestHandler[]): Router {
  const router = Router();
  router.get('/', page, rooms.form);
  router.post('/', body, rooms.create);
  router.get('/:id', page, rooms.show);
  router.delete('/:id', rooms.remove);
  router.post('/:id/delete', rooms.remove);
  router.post('/:id/enter', body, rooms.enter);
  router.get('/:id/enter', rooms.entrance);
  router.post('/:id/leave', rooms.leave);
  router.get('/:id/log', page, rooms.log);
  router.get('/:id/closed', page, rooms.closed);
  router.get('/:id/qr.svg', rooms.qr);
  return router;
}
