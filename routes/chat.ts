/** /room/:id: post a text or an image, change a message, read history. */
import { Router } from 'express';
import { imageUpload } from '../controllers/messages/images.http.js';
import { chatHttp } from '../controllers/rooms/chat.http.js';
import { searchHttp } from '../controllers/rooms/search.http.js';
import type { Site } from '../controllers/site/site.js';
import { actionRoutes } from './actions.js';
import type { Before } from './middleware/before.js';
import { uploadImage } from './middleware/upload.js';

export function chatRoutes(site: Site, before: Before): Router {
  const router = Router({ mergeParams: true });
  const chat = chatHttp(site);
  const gif = imageUpload(chat.gifs, site);
  router.post('/chat', before.body, chat.post);
  actionRoutes(router, '/chat/:message', chat.actions, before);
  router.post('/gif', before.body, gif.shelf, gif.admit, uploadImage(site), gif.post);
  router.get('/chats', chat.history);
  router.get('/search', before.page, searchHttp(site).show);
  router.use(chat.refuse);
  return router;
}
