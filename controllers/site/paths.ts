/** Addresses to come back to: always a path of this site, whatever a request or a form says. */

const HERE = 'http://site.invalid';

/** The path and query of an address on this site; `/` for any other. Never begins with two slashes, never has a password. */
export function ownPath(address: string): string {
  if (!address.startsWith('/') || !URL.canParse(address, HERE)) return '/';
  const { origin, pathname, search, searchParams } = new URL(address, HERE);
  if (origin !== HERE) return '/';
  const path = pathname.replace(/^\/+/, '/');
  if (!searchParams.has('password')) return path + search;
  searchParams.delete('password');
  return searchParams.size > 0 ? `${path}?${searchParams.toString()}` : path;
}

/** The page that a request belongs to: for what is sent to `/room/x/enter` that is `/room/x`, for a page itself. */
export function pagePath(method: string, address: string): string {
  const path = ownPath(address);
  if (method === 'GET' || method === 'HEAD') return path;
  const [pathname = '/'] = path.split('?');
  if (pathname.startsWith('/api/')) return '/messages';
  const parent = pathname.slice(0, pathname.lastIndexOf('/'));
  return pathname === '/room' ? pathname : parent || '/';
}

/** A path for the log: the key of a bot is a secret. */
export const loggedPath = (path: string): string => path.replace(/(\/api\/v1\/hooks\/).+/, '$1…');
