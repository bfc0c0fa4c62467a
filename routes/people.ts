/** /room/:id/people, /bans and /knocks: what the host and the helpers do with those who are there, or want to be. */
import { Router } from 'express';
import { peopleHttp } from '../controllers/rooms/people.http.js';
import { knocksHttp } from '../controllers/rooms/knocks.http.js';
import type { Site } from '../controllers/site/site.js';
import type { Before } from './middleware/before.js';

export function banRoutes(site: Site): Router {
  const router = Router({ mergeParams: true });
  const people = peopleHttp(site);
  router.get('/', people.bans);
  router.delete('/:ban', people.lift);
  return router;
}

export function knockRoutes(site: Site, { body }: Before): Router {
  const router = Router({ mergeParams: true });
  const knocks = knocksHttp(site);
  router.get('/', knocks.list);
  router.post('/', knocks.admitAll);
  router.post('/:visitor', body, knocks.answer);
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
