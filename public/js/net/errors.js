/** What a request or a question over a socket fails with: a code, and whether waiting helps. Pure. */

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
