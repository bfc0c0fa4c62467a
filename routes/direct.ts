/** /messages for people, /api for scripts: direct messages and the token of the raw gateway. */
import { Router, type RequestHandler } from 'express';
import type { DirectHttp } from '../controllers/direct/direct.http.js';

export function directRoutes(direct: DirectHttp, page: RequestHandler, body: RequestHandler[]): Router {
  const router = Router();
  router.get('/messages', page, direct.show);
  router.get('/messages/:userId', page, direct.show);
  router.get('/api/users', direct.users);
  router.get('/api/messages', direct.talks);
  router.get('/api/messages/:userId', direct.history);
  router.post('/api/messages/send/:userId', body, direct.send);
  router.post('/api/messages/:userId/read', body, direct.read);
  router.post('/api/messages/:userId/block', body, direct.block);
  router.post('/api/messages/:userId/mute', body, direct.mute);
  router.post('/api/token', direct.token);
  return router;
}
