/** /admin: the operator's page. */
import { Router } from 'express';
import { adminHttp } from '../controllers/admin/admin.http.js';
import type { Site } from '../controllers/site/site.js';
import type { Before } from './middleware/before.js';

export function adminRoutes(site: Site, { page, body }: Before): Router {
  const router = Router();
  const admin = adminHttp(site);
  router.use(admin.open);
  router.get('/', page, admin.page);
  router.post('/sign-in', body, admin.signIn);
  router.post('/sign-out', admin.signOut);
  router.post('/rooms/:id/close', admin.signedIn, admin.closeRoom);
  return router;
}
