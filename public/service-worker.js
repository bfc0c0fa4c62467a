/**
 * The site's service worker. It keeps the files that pages are made of, and one page that says that there is no connection:
 * nothing that anybody wrote, no answer of the API, no picture. What it cannot do is done as without it.
 * services/site/service-worker.ts puts `self.SITE` before this text; public/js/ui/service-worker.js registers it.
 */

/** @typedef {{ base: string, version: string, files: readonly string[] }} Site `version`: of the files, which are addresses */

const worker = /** @type {ServiceWorkerGlobalScope & { SITE: Site }} */ (/** @type {unknown} */ (self));
const { base, version, files } = worker.SITE;

/** Another site may be on the same host, under another path: its caches are its own. */
const PREFIX = `gif-chat ${base}/ `;
const CACHE = PREFIX + version;
const ASSETS = `${worker.location.origin}${base}/assets/${version}/`;
const OFFLINE = `${base}/offline`;

/** A node of another version answers under this version's addresses too, but not to be kept. @param {Response} answer */
const mayKeep = (answer) =>
  answer.ok && !answer.redirected && (answer.headers.get('Cache-Control') ?? '').includes('immutable');

async function install() {
  const cache = await caches.open(CACHE);
  const keep = async (/** @type {string} */ address) => {
    const answer = await fetch(address);
    if (!mayKeep(answer)) throw new Error(`${address} cannot be kept: ${answer.status}`);
    await cache.put(address, answer);
  };
  const page = await fetch(OFFLINE, { cache: 'no-store' });
  if (!page.ok || page.redirected) throw new Error(`${OFFLINE} cannot be kept: ${page.status}`);
  await Promise.all([cache.put(OFFLINE, page), ...files.map(keep)]);
  // Pages of another version are served as without a service worker, so nothing has to wait for their end.
  await worker.skipWaiting();
}

async function activate() {
  await forget((name) => name !== CACHE);
  await worker.registration.navigationPreload?.enable();
  await worker.clients.claim();
}

/** @param {(name: string) => boolean} which of this site's caches */
async function forget(which) {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && which(name)).map((name) => caches.delete(name)));
}

/** What is kept of an address; nothing where the browser's store does not answer. @param {string} address */
async function kept(address) {
  try {
    const cache = await caches.open(CACHE);
    return await cache.match(address, { ignoreSearch: true, ignoreVary: true });
  } catch {
    return undefined;
  }
}

/** A file of this version: what is kept, else from the site, and kept from then on. @param {FetchEvent} event */
async function file(event) {
  const { request } = event;
  const found = await kept(request.url);
  if (found) return found;
  const answer = await fetch(request);
  if (mayKeep(answer)) event.waitUntil(keepFile(request.url, answer.clone()));
  return answer;
}

/** @param {string} address @param {Response} answer */
async function keepFile(address, answer) {
  try {
    const cache = await caches.open(CACHE);
    await cache.put(address, answer);
  } catch {
    // The browser's store is full, or closed: then it is fetched again.
  }
}

/**
 * A page, as the browser itself has asked for it while this worker started; without any answer, the page that says so. Where
 * the browser does not ask by itself, the worker does, in its own name: `fetch(event.request)` would not say any more that a
 * whole window is led here, and the site refuses that to links of other sites.
 * @param {FetchEvent} event
 */
async function page(event) {
  const { url, headers } = event.request;
  try {
    /** @type {Response | undefined} */
    const preloaded = await event.preloadResponse;
    const answer = preloaded ?? (await fetch(url, { headers, credentials: 'same-origin', redirect: 'manual' }));
    event.waitUntil(leaveIfUnwanted(answer.status >= 400));
    return answer;
  } catch (error) {
    const found = await kept(OFFLINE);
    if (found) return found;
    throw error;
  }
}

let hasAsked = false;
/**
 * A site that serves no service worker any more is left alone by this one: it looks once in its life, which is short, and when
 * a page was refused.
 * @param {boolean} isRefused
 */
async function leaveIfUnwanted(isRefused) {
  if (hasAsked && !isRefused) return;
  hasAsked = true;
  try {
    const { status, ok, headers } = await fetch(worker.location.href, { method: 'HEAD', cache: 'no-store' });
    const isGone = status === 404 || status === 410 || (ok && !/javascript/.test(headers.get('Content-Type') ?? ''));
    if (!isGone) return;
    await worker.registration.unregister();
    await forget(() => true);
  } catch {
    // The site is away: that says nothing.
  }
}

/** Show the page that a notification came from, or open it anew. @param {unknown} path */
async function show(path) {
  if (typeof path !== 'string' || !path.startsWith(`${base}/`) || path.startsWith('//')) return;
  const open = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = open.find(({ url }) => new URL(url).pathname === path);
  if (there) await there.focus();
  else await worker.clients.openWindow(path);
}

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
  const { method, mode, destination, url } = event.request;
  if (method !== 'GET') return;
  if (url.startsWith(ASSETS)) event.respondWith(file(event));
  else if (mode === 'navigate' && destination === 'document') event.respondWith(page(event));
});
worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data?.path));
});
