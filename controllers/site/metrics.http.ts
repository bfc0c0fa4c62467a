/** GET /metrics, in the text format of Prometheus, for loopback or a token; to anybody else there is nothing. GET /version. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { AppError } from '../../services/site/errors.js';
import { version } from '../../services/site/version.js';
import type { Site } from './site.js';

/** Headers by which a proxy tells for whom it asks. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];

/** @param sockets how many connections are open. */
export function metricsHttp(site: Site, sockets: () => number): RequestHandler {
  // Loaded with the first question: a site that nobody watches does without it.
  let text: Promise<() => Promise<string>> | null = null;
  return async (request, response) => {
    if (!isLoopback(request, site.config.trustProxy) && !hasToken(request, site.config.metricsToken))
      throw new AppError('not_found');
    text ??= import('../../services/site/metrics.js').then(({ createMetrics }) => createMetrics(site, sockets));
    response.type('text/plain; version=0.0.4; charset=utf-8').setHeader('Cache-Control', 'no-store');
    response.send(await (await text)());
  };
}

/** What runs here: `{ name, version, commit? }`. */
export const versionHttp: RequestHandler = (_request, response) => {
  response.setHeader('Cache-Control', 'no-store');
  response.json(version());
};

/** Whether the client, and not only the last proxy, is on this machine. */
function isLoopback(request: Request, trustProxy: number): boolean {
  if (trustProxy === 0 && FORWARDED.some((name) => request.headers[name] !== undefined)) return false;
  const address = (request.ip ?? '').replace(/^::ffff:/i, '');
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

function hasToken(request: Request, token: string | null): boolean {
  const given = /^bearer\s+(\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
  return token !== null && given !== undefined && timingSafeEqual(digest(given), digest(token));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
