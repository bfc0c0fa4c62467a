/** /room/:id: what a host sets, and what a conversation with a host has beside messages. */
import { Router } from 'express';
import { erasureHttp } from '../controllers/rooms/erasure.http.js';
import { handsHttp } from '../controllers/rooms/hands.http.js';
import { pollsHttp } from '../controllers/rooms/polls.http.js';
import { reportsHttp } from '../controllers/rooms/reports.http.js';
import { settingsHttp } from '../controllers/rooms/settings.http.js';
import { transcriptHttp } from '../controllers/rooms/transcript.http.js';
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
  const { erase, eraseByForm } = erasureHttp(site);
  router.delete('/chats', erase);
  router.post('/erase', body, eraseByForm);
  const reports = reportsHttp(site);
  router.post('/chat/:message/report', body, reports.reportMessage);
  router.post('/people/:visitor/report', body, reports.reportPerson);
  router.get('/reports', reports.list);
  router.delete('/reports/:target', reports.dismiss);
  router.post('/reports/:target/dismiss', reports.dismiss);
  const transcript = transcriptHttp(site);
  router.get('/transcript', transcript.either);
  router.get('/transcript.html', transcript.html);
  router.get('/transcript.txt', transcript.text);
  return router;
}
