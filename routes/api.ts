/** /api/v1: the site for programs. Every answer is JSON; who asks is known by a token, or by the cookie of a page. */
import { Router } from 'express';
import { visitorsApi } from '../controllers/api/visitors.http.js';
import type { Site } from '../controllers/site/site.js';

export function apiRoutes(site: Site): Router {
  const router = Router();
  router.post('/visitors', visitorsApi(site).create);
  return router;
}
