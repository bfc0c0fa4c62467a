/** /room/:id/people and /room/:id/bans: what the host and the helpers do with those who are there. */
import { Router } from 'express';
import { peopleHttp } from '../controllers/rooms/people.http.js';
import type { Site } from '../controllers/site/site.js';
import type { Before } from './middleware/before.js';

export function banRoutes(site: Site): Router {
  const router = Router({ mergeParams: true });
  const people = peopleHttp(site);
  router.get('/', people.bans);
  router.delete('/:ban', people.lift);
  return router;
}

export function peopleRoutes(site: Site, { body }: Before): Router {
  const router = Router({ mergeParams: true });
  const people = peopleHttp(site);
  router.put('/:visitor/role', body, people.role);
  router.post('/:visitor/role', body, people.role);
  router.post('/:visitor/remove', body, people.remove);
  return router;
}
