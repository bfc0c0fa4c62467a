/** The transcript of a room over HTTP: a download for its host, as a page or as plain text. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RequestHandler } from 'express';
import { asHtml, asText, HTML_POLICY } from '../../services/messages/transcript.js';
import type { Site } from '../site/site.js';
import { visitorOf } from '../site/visitor.js';
import { wantsPage } from '../site/reply.js';
import { roomOf } from './room-address.js';

const KINDS = { html: asHtml, txt: asText } as const;

export function transcriptHttp(site: Site) {
  const { services, origins } = site;
  const { limits, roles, transcripts } = services;

  /** @param kind none: what the reader rather takes. */
  const take =
    (kind?: keyof typeof KINDS): RequestHandler =>
    async (request, response) => {
      const room = await roomOf(request, site);
      const visitor = visitorOf(request).id;
      await roles.require(room, visitor, 'transcript');
      const type = kind ?? (wantsPage(request) ? 'html' : 'txt');
      const { lang, zone } = response.locals;
      const reader = { lang, zone, url: origins.url };
      const isHead = request.method === 'HEAD';
      if (!isHead) await limits.take('transcript', visitor);
      // Who asks only for the head of the answer takes nothing.
      const pieces = isHead ? null : await transcripts.take(String(room._id), KINDS[type](reader), reader);
      const day = new Date().toISOString().slice(0, 10);
      response.set('Content-Disposition', `attachment; filename="transcript-${day}.${type}"`);
      if (type === 'html') response.set('Content-Security-Policy', `${HTML_POLICY}; sandbox`);
      response.type(type);
      if (!pieces) return void response.end();
      await pipeline(Readable.from(pieces), response).catch((error: unknown) => {
        // Who asked has gone.
        if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
      });
    };

  return { html: take('html'), text: take('txt'), either: take() };
}
