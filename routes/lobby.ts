/** /lobby: the page, its forms, its history. */
import { Router } from 'express';
import { lobbyHttp } from '../controllers/lobby/lobby.http.js';
import { lobbyImages } from '../controllers/lobby/lobby-images.http.js';
import { imageUpload } from '../controllers/messages/images.http.js';
import type { Site } from '../controllers/site/site.js';
import { actionRoutes } from './actions.js';
import type { Before } from './middleware/before.js';
import { uploadImage } from './middleware/upload.js';

export function lobbyRoutes(site: Site, before: Before): Router {
  const { page, body } = before;
  const router = Router();
  const lobby = lobbyHttp(site);
  router.get('/', page, lobby.show);
  router.post('/join', body, lobby.join);
  router.post('/leave', lobby.leave);
  router.get('/messages', lobby.history);
  router.post('/messages', body, lobby.post);
  const gif = imageUpload(lobbyImages(site), site);
  router.post('/gif', body, gif.shelf, gif.admit, uploadImage(site), gif.post, lobby.refuse);
  actionRoutes(router, '/messages/:message', lobby.actions, before);
  return router;
}
