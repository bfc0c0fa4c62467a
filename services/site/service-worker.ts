/** The text of the service worker: public/service-worker.js with what it needs to know of this site before it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Assets } from './assets.js';
import type { Lang } from './locales.js';
import { ROOT } from './root.js';

/** What the offline page and every icon need, beside scripts and words; the last is a notification's icon. */
const FILES = [
  'public/css/site.css',
  'public/js/ui/early.js',
  'icons.svg',
  'public/favicon.svg',
  'public/icons/touch-180.png',
];

/**
 * @param offline whatever changes with the offline page: browsers install a service worker anew if its text has changed
 * @returns a function from the language of who asks to the text
 */
export function serviceWorkerText({ base, assets }: { base: string; assets: Assets }) {
  const source = readFileSync(path.join(ROOT, 'public/service-worker.js'), 'utf8');
  const { version, modules } = assets;
  const address = (file: string) => `${base}/assets/${version}/${file}`;
  return (lang: Lang, offline: string): string => {
    const files = [...FILES, ...modules('ui/offline'), `locales/${lang}.json`].map(address);
    return `self.SITE = ${JSON.stringify({ base, version, files, offline })};\n${source}`;
  };
}
