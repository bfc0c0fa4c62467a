/** Registers the site's service worker (public/service-worker.js), and says whether it is there. */
import { base, on } from './dom.js';
import { lang } from './words.js';

/** Only secure contexts have it: https, or this machine itself. */
const workers = () => (isSecureContext && 'serviceWorker' in navigator ? navigator.serviceWorker : null);

/** Once the page is loaded. Language and theme are those of the offline page: with another address it is installed anew. */
export function initServiceWorker() {
  const { theme = 'auto' } = document.documentElement.dataset;
  const register = async () => {
    try {
      const address = `${base}/service-worker.js?lang=${lang}&theme=${theme}`;
      await workers()?.register(address, { scope: `${base}/`, updateViaCache: 'none' });
    } catch (error) {
      // Forbidden (private windows), or the site is away: everything works without it.
      console.warn('no service worker', error);
    }
  };
  if (document.readyState === 'complete') void register();
  else on(window, 'load', () => void register(), { once: true });
}

/** Resolves once a service worker is active, which may never be; at once where there can be none. */
export const workerReady = async () => void (await workers()?.ready);

/** The registration with an active service worker, if there is one now. */
export async function activeWorker() {
  try {
    const registration = await workers()?.getRegistration(`${base}/`);
    return registration?.active ? registration : null;
  } catch {
    return null;
  }
}
