/** /room/:id: post a text or an image, read history. */
import { Router, type RequestHandler } from 'express';
import type { ChatHttp } from '../controllers/rooms/chat.http.js';
import type { Site } from '../controllers/site/site.js';
import { uploadImage } from './middleware/upload.js';

export function chatRoutes(chat: ChatHttp, body: RequestHandler[], { config, services }: Site): Router {
  const router = Router({ mergeParams: true });
  router.post('/chat', body, chat.post);
  router.post('/gif', chat.admitImage, uploadImage(services.images.incoming, config.maxUploadBytes), chat.postGif);
  router.get('/chats', chat.history);
  router.use(chat.refuse);
  return router;
}
