/** Messages over HTTP, a page at a time. */
import { request } from './api.js';

/** Messages of one answer: of what was missed, and of what came before. */
const [AFTER, BEFORE] = [100, 50];

/**
 * A page of messages, as rooms and the lobby answer; with `rev` where the question named one.
 * @template M
 * @typedef {{ chats: M[], more: boolean, changed?: M[], rev?: number, moreChanged?: boolean }} ChatsPage
 */

/**
 * @template T
 * @param {string} path below the site's base
 * @param {import('../messages/conversation.js').From} from
 * @returns {Promise<T>}
 */
export function readPage(path, { after, before, limit = BEFORE, rev }) {
  const query = after === undefined ? `before=${before}&limit=${limit}` : `after=${after}&limit=${AFTER}`;
  return request(`${path}?${query}${rev === undefined ? '' : `&rev=${rev}`}`);
}
