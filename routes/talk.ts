/** /room/:id: what a host sets, and what a conversation with a host has beside messages. */
import { Router } from 'express';
import { handsHttp } from '../controllers/rooms/hands.http.js';
import { pollsHttp } from '../controllers/rooms/polls.http.js';
import { settingsHttp } from '../controllers/rooms/settings.http.js';
import type { Site } from '../controllers/site/site.js';
import type { Before } from './middleware/before.js';

export function talkRoutes(site: Site, { page, body }: Before): Router {
  const router = Router({ mergeParams: true });
  const polls = pollsHttp(site);
  const settings = settingsHttp(site);
  router.patch('/', body, settings.change);
  router.get('/settings', page, settings.show);
  router.post('/settings', body, settings.change);
  const hands = handsHttp(site);
  router.put('/hand', hands.raise);
  router.post('/hand', hands.raise);
  router.delete('/hand', hands.lower);
  router.post('/hand/lower', hands.lower);
  router.delete('/hands/:visitor', hands.lowerOther);
  router.post('/hands/:visitor/lower', hands.lowerOther);
  router.put('/pinned', body, hands.pin);
  router.post('/pinned', body, hands.announce);
  router.post('/polls', body, polls.post);
  router.put('/polls/:chat/vote', body, polls.vote);
  router.post('/polls/:chat/vote', body, polls.vote);
  router.post('/polls/:chat/end', polls.end);
  return router;
}
