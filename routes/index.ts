/** The site's URL map: which request goes to which door. No logic. */
import compression from 'compression';
import express, { Router, type RequestHandler } from 'express';
import { chatHttp } from '../controllers/rooms/chat.http.js';
import { consultImages } from '../controllers/consult/consult-images.http.js';
import { consultHttp } from '../controllers/consult/consult.http.js';
import { deskHttp } from '../controllers/consult/desk.http.js';
import { imageDownload } from '../controllers/messages/images.http.js';
import { preferencesHttp } from '../controllers/site/preferences.http.js';
import { roomsHttp } from '../controllers/rooms/rooms.http.js';
import type { Site } from '../controllers/site/site.js';
import { chatRoutes } from './chat.js';
import { consultRoutes } from './consult.js';
import { directRoutes } from './direct.js';
import { lobbyRoutes } from './lobby.js';
import { roomRoutes } from './rooms.js';
import { pageVisitor } from './middleware/visitor.js';

/** Bodies are small: a message of 4,000 characters is at most 16 KB of UTF-8, and escapes triple it in a form. */
const BODY_LIMIT = '64kb';

export function routes(site: Site): Router {
  const router = Router();
  const page: RequestHandler = pageVisitor(site);
  const body: RequestHandler[] = [
    express.json({ limit: BODY_LIMIT, strict: true }),
    express.urlencoded({ extended: false, limit: BODY_LIMIT, parameterLimit: 50 }),
  ];
  const rooms = roomsHttp(site);
  // Fifty cards weigh. The list holds no secret that a reflected query could be measured against; other pages may.
  router.get('/', compression(), page, rooms.list);
  router.use('/room', roomRoutes(site, rooms, page, body));
  const chat = chatHttp(site);
  router.use('/room/:id', chatRoutes(chat, body, site));
  const images = consultImages(site);
  router.use('/chat', consultRoutes(consultHttp(site), deskHttp(site), images, { page, body, site }));
  router.get('/gif/:name', imageDownload([chat.gifs, images]));
  router.use('/lobby', lobbyRoutes(site, page, body));
  router.use(directRoutes(site, page, body));
  router.post('/preferences', body, preferencesHttp(site).save);
  return router;
}
