/** One message of a room, of the lobby or of a conversation: edit it, remove it, react to it; for forms without script by POST. */
import type { Router } from 'express';
import type { ActionHandlers } from '../controllers/messages/actions.http.js';
import type { Before } from './middleware/before.js';

/** @param path of a message: its id is the parameter `message`. */
export function actionRoutes(
  router: Router,
  path: string,
  { edit, remove, react, unreact, reactions }: ActionHandlers,
  { body }: Pick<Before, 'body'>,
): void {
  router.patch(path, body, edit);
  router.delete(path, remove);
  router.get(`${path}/reactions`, reactions);
  router.put(`${path}/reactions/:emoji`, react);
  router.delete(`${path}/reactions/:emoji`, unreact);
  router.post(`${path}/edit`, body, edit);
  router.post(`${path}/delete`, remove);
}
