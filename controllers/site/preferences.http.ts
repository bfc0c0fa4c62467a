/** Language and theme, kept in two plain cookies so that they outlive the session. */
import type { RequestHandler } from 'express';
import { preferences } from '../../schemas/site/payloads.js';
import { ownPath } from './paths.js';
import type { Site } from './site.js';
import { bodyOf, parse } from './validate.js';

const YEAR_MS = 365 * 24 * 3600 * 1000;

export function preferencesHttp({ config }: Site) {
  const save: RequestHandler = (request, response) => {
    const { lang, theme, back } = parse(preferences, bodyOf(request));
    const cookie = {
      maxAge: YEAR_MS,
      httpOnly: true,
      sameSite: 'lax',
      secure: config.https,
      path: config.base || '/',
    } as const;
    if (lang) response.cookie('lang', lang, cookie);
    if (theme) response.cookie('theme', theme, cookie);
    response.redirect(303, config.base + ownPath(back));
  };
  return { save };
}
