/** The site's URL map: which request goes to which door. No logic. */
import { Router } from 'express';
import { chatHttp } from '../controllers/rooms/chat.http.js';
import { consultImages } from '../controllers/consult/consult-images.http.js';
import { directImages } from '../controllers/direct/direct-images.http.js';
import { lobbyImages } from '../controllers/lobby/lobby-images.http.js';
import { imageDownload } from '../controllers/messages/images.http.js';
import { shelfList } from '../controllers/messages/shelf.http.js';
import { offlineHttp } from '../controllers/site/offline.http.js';
import { preferencesHttp } from '../controllers/site/preferences.http.js';
import { siteFilesHttp } from '../controllers/site/site-files.http.js';
import type { Site } from '../controllers/site/site.js';
import { adminRoutes } from './admin.js';
import { apiRoutes } from './api.js';
import { chatRoutes } from './chat.js';
import { consultRoutes } from './consult.js';
import { directRoutes, tokenRoutes } from './direct.js';
import { lobbyRoutes } from './lobby.js';
import { beforeHandlers } from './middleware/before.js';
import { banRoutes, knockRoutes, peopleRoutes } from './people.js';
import { roomRoutes } from './rooms.js';
import { talkRoutes } from './talk.js';

/** What needs no visitor. */
export function openRoutes(site: Site): Router {
  const router = Router();
  const { robots, icon, manifest } = siteFilesHttp(site);
  router.get('/robots.txt', robots);
  router.get('/favicon.ico', icon);
  router.get('/manifest.webmanifest', manifest);
  const offline = offlineHttp(site);
  router.get('/offline', offline.page);
  router.get('/service-worker.js', offline.worker);
  return router;
}

export function routes(site: Site): Router {
  const router = Router();
  const before = beforeHandlers(site);
  const images = [chatHttp(site).gifs, lobbyImages(site), directImages(site), consultImages(site)];
  router.use(roomRoutes(site, before));
  router.use('/room/:id', talkRoutes(site, before));
  router.use('/room/:id', chatRoutes(site, before));
  router.use('/room/:id/people', peopleRoutes(site, before));
  router.use('/room/:id/bans', banRoutes(site));
  router.use('/room/:id/knocks', knockRoutes(site, before));
  const { places } = site.config;
  if (places.has('consult')) router.use('/chat', consultRoutes(site, before));
  if (places.has('lobby')) router.use('/lobby', lobbyRoutes(site, before));
  router.use('/api/v1', apiRoutes(site, before));
  if (places.has('direct')) router.use(directRoutes(site, before));
  router.use(tokenRoutes(site));
  router.use('/admin', adminRoutes(site, before));
  router.get('/gif/:name', imageDownload(images));
  router.get('/shelf', shelfList(site));
  router.post('/preferences', before.body, preferencesHttp(site).save);
  return router;
}
