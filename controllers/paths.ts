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
