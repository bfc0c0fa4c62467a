/** /admin: the operator's page. */
import { Router } from 'express';
import { adminActionsHttp } from '../controllers/admin/actions.http.js';
import { adminHttp } from '../controllers/admin/admin.http.js';
import { adminReportsHttp } from '../controllers/admin/reports.http.js';
import type { Site } from '../controllers/site/site.js';
import type { Before } from './middleware/before.js';

export function adminRoutes(site: Site, { page, body }: Before): Router {
  const router = Router();
  const admin = adminHttp(site);
  const actions = adminActionsHttp(site);
  const reports = adminReportsHttp(site);
  router.use(admin.open);
  router.get('/', page, admin.page);
  router.post('/sign-in', body, admin.signIn);
  router.post('/sign-out', admin.signOut);
  router.get('/people', page, admin.signedIn, actions.people);
  router.post('/rooms/:id/close', admin.signedIn, actions.closeRoom);
  router.post('/reports/:id/:target/dismiss', admin.signedIn, reports.dismiss);
  router.post('/reports/:id/:target/delete', admin.signedIn, reports.removeMessage);
  router.post('/bans', admin.signedIn, body, actions.ban);
  router.post('/bans/:ban/lift', admin.signedIn, actions.liftBan);
  router.post('/announcement', admin.signedIn, body, actions.announce);
  router.post('/announcement/end', admin.signedIn, actions.endAnnouncement);
  router.post('/maintenance', admin.signedIn, body, actions.maintain);
  return router;
}
