/** What browsers and search engines ask of any site by a fixed name: the manifest, its icons, /robots.txt, /favicon.ico. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { RequestHandler } from 'express';
import { ROOT } from '../../services/site/root.js';
import type { Site } from './site.js';

/** Seconds for which these may be kept. */
const KEPT = 86_400;

/** Conversations are for those who were given their links: search engines list the front page and the lobby only. */
const ROBOTS = ['User-agent: *', ...['room', 'messages', 'chat', 'api', 'gif'].map((each) => `Disallow: BASE/${each}`)];

const ICONS = [
  { file: 'icon-192.png', sizes: '192x192', purpose: 'any' },
  { file: 'icon-512.png', sizes: '512x512', purpose: 'any' },
  { file: 'maskable-512.png', sizes: '512x512', purpose: 'maskable' },
];

export function siteFilesHttp({ config: { base }, assets }: Site) {
  const favicon = readFileSync(path.join(ROOT, 'public/icons/favicon.ico'));
  const text = `${ROBOTS.join('\n').replaceAll('BASE', base)}\n`;
  const kept = `public, max-age=${KEPT}`;

  const robots: RequestHandler = (_request, response) =>
    void response.set('Cache-Control', kept).type('text/plain').send(text);

  const icon: RequestHandler = (_request, response) =>
    void response.set('Cache-Control', kept).type('image/x-icon').send(favicon);

  /** In the language of who asks. */
  const manifest: RequestHandler = (_request, response) => {
    const { lang, t } = response.locals;
    response.set('Cache-Control', 'private, max-age=3600').type('application/manifest+json');
    response.send(
      JSON.stringify({
        name: t('site.name'),
        short_name: t('site.name'),
        description: t('site.description'),
        lang,
        id: `${base}/`,
        start_url: `${base}/`,
        scope: `${base}/`,
        display: 'standalone',
        background_color: '#f6f5f2',
        theme_color: '#5b4be0',
        icons: ICONS.map(({ file, ...icon }) => ({
          src: `${base}/assets/${assets.version}/public/icons/${file}`,
          type: 'image/png',
          ...icon,
        })),
      }),
    );
  };

  return { robots, icon, manifest };
}
