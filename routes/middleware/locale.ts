/** Language and theme of a request: the visitor's choice in a cookie, else what the browser asks for. */
import type { Request, RequestHandler } from 'express';
import type {} from '../../controllers/site/locals.js';
import { pagePath } from '../../controllers/site/paths.js';
import { when } from '../../shared/when.js';
import type { Translate } from '../../shared/translator.js';
import type { Config } from '../../services/site/config.js';
import { isLang, type Lang, translator } from '../../services/site/locales.js';

const THEMES = ['auto', 'light', 'dark'] as const;

/** The language of a request: what the visitor chose, else the first of ours that is asked for by name, else the site's. */
export function localeOf(request: Request, otherwise: Lang): Lang {
  const chosen: unknown = (request.cookies as Record<string, unknown> | undefined)?.['lang'];
  if (isLang(chosen)) return chosen;
  const asked = request.acceptsLanguages().map((range) => range.toLowerCase().split('-')[0]);
  return asked.find(isLang) ?? otherwise;
}

/** The browser's time zone, from the cookie its pages set; undefined (the server's) when it is none. */
function zoneOf(cookie: unknown): string | undefined {
  if (typeof cookie !== 'string' || !ZONE_NAME.test(cookie)) return undefined;
  const known = zones.get(cookie);
  if (known !== undefined) return known || undefined;
  if (zones.size >= ZONES_MAX) zones.clear();
  const zone = canonicalZone(cookie);
  zones.set(cookie, zone);
  return zone || undefined;
}

/** An IANA name. Offsets (`+09:01`) are none: there are thousands, and a formatter is kept for each zone that is shown. */
const ZONE_NAME = /^[A-Z][A-Z0-9_+/-]{1,39}$/i;
const ZONES_MAX = 1_000;
/** Name as a browser sent it -> its canonical name, or '' for none. */
const zones = new Map<string, string>();

function canonicalZone(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return '';
  }
}

/** The words of a language, with the operator's name of the site in them. */
function wordsOf(lang: Lang, siteName: string | null): Translate {
  const t = translator(lang);
  if (siteName === null) return t;
  return (key, vars) => (key.startsWith('site.') ? t(key, vars).replaceAll('GIF Chat', () => siteName) : t(key, vars));
}

/** Puts `t`, `lang`, `theme`, `zone` and `time` where templates find them. */
export const locale =
  ({ defaultLang, siteName }: Config): RequestHandler =>
  (request, response, next) => {
    const lang = localeOf(request, defaultLang);
    const { theme, zone: zoneCookie } = request.cookies as Record<string, unknown>;
    const zone = zoneOf(zoneCookie);
    response.locals.zone = zone;
    const t = wordsOf(lang, siteName);
    response.locals.time = (iso, style) =>
      when(iso, style, { lang, justNow: t('time.just_now'), ...(zone && { zone }) });
    response.locals.lang = lang;
    response.locals.t = t;
    response.locals.theme = THEMES.find((known) => known === theme) ?? 'auto';
    response.locals.path = pagePath(request.method, request.originalUrl);
    response.locals.renders = true;
    response.setHeader('Content-Language', lang);
    response.vary('Accept-Language');
    next();
  };
