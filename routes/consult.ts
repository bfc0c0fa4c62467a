/** /chat/consult (visitors) and /chat/admin (consultants). */
import { Router } from 'express';
import { consultImages } from '../controllers/consult/consult-images.http.js';
import { consultFormsHttp } from '../controllers/consult/consult-forms.http.js';
import { consultHttp } from '../controllers/consult/consult.http.js';
import { deskHttp } from '../controllers/consult/desk.http.js';
import { imageUpload } from '../controllers/messages/images.http.js';
import type { Site } from '../controllers/site/site.js';
import type { Before } from './middleware/before.js';
import { uploadImage } from './middleware/upload.js';

export function consultRoutes(site: Site, { page, body }: Before): Router {
  const router = Router();
  const consult = consultHttp(site);
  const forms = consultFormsHttp(site);
  const desk = deskHttp(site);
  const gif = imageUpload(consultImages(site), site);
  router.get('/consult', page, consult.page);
  router.post('/consult', body, forms.begin);
  router.post('/consult/return', body, consult.comeBack);
  router.get('/consult/:id/log', page, forms.log);
  router.post('/consult/:id/messages', body, forms.say);
  router.post('/consult/:id/end', forms.end);
  router.post('/consult/:id/gif', gif.admit, uploadImage(site), gif.post, forms.refuse);
  router.get(['/consult/:id/transcript.txt', '/consult/:id/transcript.json'], consult.transcript);
  router.post('/consult/:id/rating', body, consult.rate);
  router.post('/consult/:id/code', forms.renewCode);
  router.get('/admin', page, desk.page);
  router.post('/admin/sign-in', body, desk.signIn);
  router.post('/admin/sign-out', desk.signOut);
  return router;
}
