/** What browsers keep for the time without a connection: the service worker, and the page that says that there is none. */
import { createHash } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { serviceWorkerText } from '../../services/site/service-worker.js';
import type { Site } from './site.js';

export function offlineHttp({ config: { base }, assets }: Site) {
  const textFor = serviceWorkerText({ base, assets });
  /** Language and theme -> the page, which depends on nothing else: it is kept, so nobody's name may stand in it. */
  const pages = new Map<string, { html: string; hash: string }>();

  async function pageFor(response: Response) {
    const { lang, theme, t } = response.locals;
    const key = `${lang} ${theme}`;
    const known = pages.get(key);
    if (known) return known;
    const html = await new Promise<string>((resolve, reject) => {
      response.app.render('offline.html', { lang, theme, t, isOffline: true }, (error: Error | null, text) =>
        error ? reject(error) : resolve(text),
      );
    });
    const page = { html, hash: createHash('sha256').update(html).digest('hex').slice(0, 12) };
    pages.set(key, page);
    return page;
  }

  const page: RequestHandler = async (_request, response) => {
    const { html } = await pageFor(response);
    response.type('html').send(html);
  };

  /** Its text changes with the assets and the page, so that browsers install it anew; they ask for it at every navigation. */
  const worker: RequestHandler = async (_request, response) => {
    const { hash } = await pageFor(response);
    response.set('Cache-Control', 'no-cache').type('text/javascript').send(textFor(response.locals.lang, hash));
  };

  return { page, worker };
}
