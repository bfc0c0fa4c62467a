/** /lobby: the page, its forms, its history. */
import { Router, type RequestHandler } from 'express';
import type { LobbyHttp } from '../controllers/lobby/lobby.http.js';

export function lobbyRoutes(lobby: LobbyHttp, page: RequestHandler, body: RequestHandler[]): Router {
  const router = Router();
  router.get('/', page, lobby.show);
  router.post('/join', body, lobby.join);
  router.post('/leave', lobby.leave);
  router.get('/messages', lobby.history);
  router.post('/messages', body, lobby.post);
  return router;
}
