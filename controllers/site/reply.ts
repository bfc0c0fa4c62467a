/** Page or data? Browsers that navigate say `text/html`; everybody else gets JSON. */
import type { Request } from 'express';

/** A browser is navigating: it wants a page, or a redirect to one. */
export function wantsPage(request: Request): boolean {
  return (request.get('accept') ?? '').includes('text/html');
}

/** The client speaks JSON: it sent it, or asks for it and not for pages. */
export function speaksJson(request: Request): boolean {
  if (wantsPage(request)) return false;
  return request.is('json') === 'json' || (request.get('accept') ?? '').includes('application/json');
}
