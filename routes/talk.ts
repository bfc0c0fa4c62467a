/** /room/:id: what a conversation with a host has beside messages: polls. */
import { Router } from 'express';
import { pollsHttp } from '../controllers/rooms/polls.http.js';
import type { Site } from '../controllers/site/site.js';
import type { Before } from './middleware/before.js';

export function talkRoutes(site: Site, { body }: Before): Router {
  const router = Router({ mergeParams: true });
  const polls = pollsHttp(site);
  router.post('/polls', body, polls.post);
  router.put('/polls/:chat/vote', body, polls.vote);
  router.post('/polls/:chat/vote', body, polls.vote);
  router.post('/polls/:chat/end', polls.end);
  return router;
}
