/** /messages for people, /api for scripts: direct messages and the token of the raw gateway. */
import { Router } from 'express';
import { directHttp } from '../controllers/direct/direct.http.js';
import { directImages } from '../controllers/direct/direct-images.http.js';
import { imageUpload } from '../controllers/messages/images.http.js';
import { messagesPageHttp } from '../controllers/direct/messages-page.http.js';
import type { Site } from '../controllers/site/site.js';
import { actionRoutes } from './actions.js';
import type { Before } from './middleware/before.js';
import { uploadImage } from './middleware/upload.js';

export function directRoutes(site: Site, before: Before): Router {
  const { page, body } = before;
  const router = Router();
  const { show } = messagesPageHttp(site);
  const direct = directHttp(site);
  router.get('/messages', page, show);
  router.get('/messages/:userId', page, show);
  router.get('/api/users', direct.users);
  router.get('/api/messages', direct.list);
  router.get('/api/messages/:userId', direct.history);
  router.post('/api/messages/send/:userId', body, direct.send);
  router.post('/api/messages/:userId/read', body, direct.read);
  router.post('/api/messages/:userId/block', body, direct.block);
  router.post('/api/messages/:userId/mute', body, direct.mute);
  const gif = imageUpload(directImages(site), site);
  router.post('/api/messages/send/:userId/gif', body, gif.shelf, gif.admit, uploadImage(site), gif.post, direct.refuse);
  actionRoutes(router, '/api/messages/:userId/:message', direct.actions, before);
  return router;
}

/** The token of the raw gateway, which serves rooms, too: there also where direct messages are off. */
export function tokenRoutes(site: Site): Router {
  const router = Router();
  router.post('/api/token', directHttp(site).token);
  return router;
}
