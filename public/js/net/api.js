/** Requests to our own server: JSON in, JSON or an ApiError with a code out, never later than the timeout. */
import { base } from '../ui/dom.js';
import { ApiError, refusal } from './errors.js';

/**
 * @template T
 * @param {string} path below the site's base
 * @param {{ method?: string, body?: unknown, timeout?: number, keepalive?: boolean }} [options]
 * @returns {Promise<T>}
 */
export async function request(path, { method = 'GET', body, timeout = 10_000, keepalive = false } = {}) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeout);
  try {
    const answer = await fetch(base + path, {
      method,
      keepalive,
      signal: controller.signal,
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw refusal(answer.status, text, answer.headers.get('Retry-After'));
    // DELETE answers a plain `ok`.
    const json = answer.headers.get('Content-Type')?.includes('json');
    return /** @type {T} */ (json ? JSON.parse(text) : text);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(controller.signal.aborted ? 'timeout' : 'offline', 0);
  } finally {
    clearTimeout(timer);
  }
}
