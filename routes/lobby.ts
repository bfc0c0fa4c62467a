/** /lobby: the page, its forms, its history. */
import { Router } from 'express';
import { lobbyHttp } from '../controllers/lobby/lobby.http.js';
import type { Site } from '../controllers/site/site.js';
import type { Before } from './middleware/before.js';

export function lobbyRoutes(site: Site, { page, body }: Before): Router {
  const router = Router();
  const lobby = lobbyHttp(site);
  router.get('/', page, lobby.show);
  router.post('/join', body, lobby.join);
  router.post('/leave', lobby.leave);
  router.get('/messages', lobby.history);
  router.post('/messages', body, lobby.post);
  return router;
}
