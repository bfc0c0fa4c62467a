/** What a running site can be asked, read from the site itself: its routes, the events of its sockets, its frames. */
import type { Express, Request } from 'express';
import { gatewayFrame } from '../../../schemas/gateway.js';
import type { TestSite } from '../site.js';
import type { Ear } from '../visitor.js';

/** The part of a router that says what was registered with it. */
interface Layer {
  rawPath?: string | string[];
  route?: { path: string | string[]; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}

/** Every registered route, as `METHOD /path`; a handler of all that lies below a path as `GET /path/*`. Sorted. */
export async function routesOf(site: TestSite): Promise<string[]> {
  // Express gives each request its application.
  const asked = new Promise<Request>((resolve) => {
    site.app.server.prependOnceListener('request', (request) => setImmediate(() => resolve(request as Request)));
  });
  await (await fetch(`${site.url}/healthz`)).text();
  const { router } = (await asked).app as unknown as Express & { router: { stack: Layer[] } };
  return [...new Set(below('', router.stack))].sort();
}

function below(prefix: string, stack: Layer[]): string[] {
  return stack.flatMap(({ rawPath = '/', route, handle }) => {
    if (route) {
      const methods = Object.keys(route.methods).map((method) => method.toUpperCase());
      return paths(prefix, route.path).flatMap((path) => methods.map((method) => `${method} ${path}`));
    }
    const { stack: inner } = handle;
    if (inner) return paths(prefix, rawPath).flatMap((path) => below(path === '/' ? '' : path, inner));
    return paths(prefix, rawPath).flatMap((path) => (path === (prefix || '/') ? [] : [`GET ${path}/*`]));
  });
}

const paths = (prefix: string, path: string | string[]): string[] =>
  [path].flat().map((one) => (one === '/' ? prefix || '/' : prefix + one));

/** Socket.IO's own events of a socket. */
const OF_SOCKET_IO = new Set(['disconnect', 'disconnecting', 'error']);

export const namespacesOf = ({ app }: TestSite): string[] =>
  [...(app.io as unknown as { _nsps: Map<string, unknown> })._nsps.keys()].sort();

/** The events to which the server listens on somebody's socket, sorted. */
export function eventsOf({ app }: TestSite, namespace: string, { socket }: Ear): string[] {
  const there = app.io.of(namespace).sockets.get(socket.id ?? '');
  const names = (there?.eventNames() ?? []).map(String);
  return names.filter((name) => !OF_SOCKET_IO.has(name)).sort();
}

/** The types of the frames that the gateway knows, sorted. */
export const framesOf = (): string[] => gatewayFrame.options.map(({ shape }) => shape.type.value).sort();
