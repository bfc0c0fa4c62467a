/** /room/:id: post a text or an image, read history. */
import { Router, type RequestHandler } from 'express';
import { imageUpload } from '../controllers/messages/images.http.js';
import type { ChatHttp } from '../controllers/rooms/chat.http.js';
import type { Site } from '../controllers/site/site.js';
import { uploadImage } from './middleware/upload.js';

export function chatRoutes(chat: ChatHttp, body: RequestHandler[], site: Site): Router {
  const router = Router({ mergeParams: true });
  const gif = imageUpload(chat.gifs, site);
  router.post('/chat', body, chat.post);
  router.post('/gif', gif.admit, uploadImage(site), gif.post);
  router.get('/chats', chat.history);
  router.use(chat.refuse);
  return router;
}
