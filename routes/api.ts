/** /api/v1: the site for programs. Every answer is JSON; who asks is known by a token, or by the cookie of a page. */
import { Router } from 'express';
import { botsApi } from '../controllers/api/bots.http.js';
import { documentsApi } from '../controllers/api/documents.http.js';
import { apiErrors } from '../controllers/api/errors.js';
import { roomsApi } from '../controllers/api/rooms.http.js';
import { visitorsApi } from '../controllers/api/visitors.http.js';
import { imageUpload } from '../controllers/messages/images.http.js';
import { chatHttp } from '../controllers/rooms/chat.http.js';
import { searchHttp } from '../controllers/rooms/search.http.js';
import type { Site } from '../controllers/site/site.js';
import type { Before } from './middleware/before.js';
import { uploadImage } from './middleware/upload.js';

export function apiRoutes(site: Site, { body, text }: Before): Router {
  const router = Router();
  const rooms = roomsApi(site);
  const bots = botsApi(site);
  const chat = chatHttp(site);
  const gif = imageUpload(chat.gifs, site);
  const documents = documentsApi(site);
  router.get('/openapi.json', documents.openapi);
  router.get('/asyncapi.json', documents.asyncapi);
  router.post('/visitors', visitorsApi(site).create);
  router.get('/rooms', rooms.list);
  router.post('/rooms', body, rooms.create);
  router.get('/rooms/:id', rooms.show);
  router.delete('/rooms/:id', rooms.close);
  router.post('/rooms/:id/enter', body, rooms.enter);
  router.get('/rooms/:id/people', rooms.people);
  router.delete('/rooms/:id/seat', rooms.leave);
  router.get('/rooms/:id/chats', chat.history);
  router.get('/rooms/:id/search', searchHttp(site).answer);
  router.post('/rooms/:id/chats', body, chat.post);
  router.post('/rooms/:id/gifs', gif.admit, uploadImage(site), gif.post);
  router.get('/rooms/:id/bots', bots.list);
  router.post('/rooms/:id/bots', body, bots.make);
  router.delete('/rooms/:id/bots/:bot', bots.remove);
  router.post('/hooks/:key', text, bots.hook);
  router.use(apiErrors(site));
  return router;
}
