/**
 * Requests to our own server: JSON in, JSON or an ApiError with a code out, never later than the timeout.
 */
import { base } from '../ui/dom.js';

/** A refusal with a code of services/errors.ts, or `offline` / `timeout` when nobody answered. */
export class ApiError extends Error {
  /**
   * @param {string} code
   * @param {number} status 0 when there was no answer
   * @param {{ retryAfter?: number, fields?: Record<string, string>, message?: string, by?: string }} [details]
   */
  constructor(code, status, details = {}) {
    super(code);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.details = details;
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status === 0 || this.status >= 500 || this.status === 429 || this.status === 408;
  }
}

/**
 * What a refused answer says.
 * @param {number} status
 * @param {string} text
 * @param {string | null} retryAfter
 */
export function refusal(status, text, retryAfter) {
  /** @type {{ error?: { code?: string, fields?: Record<string, string> } } | null} */
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy's own error page: the status alone has to do.
  }
  const fallback =
    status === 413 ? 'too_large' : status === 429 ? 'rate_limited' : status >= 500 ? 'unavailable' : 'internal';
  const seconds = Number.parseInt(retryAfter ?? '', 10);
  return new ApiError(body?.error?.code ?? fallback, status, {
    ...(Number.isFinite(seconds) ? { retryAfter: seconds } : {}),
    ...(body?.error?.fields ? { fields: body.error.fields } : {}),
  });
}

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
