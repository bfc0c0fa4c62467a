/** Middlewares that routes put before their handlers. */
import express, { type RequestHandler } from 'express';
import type { Site } from '../../controllers/site/site.js';
import { pageVisitor } from './visitor.js';

/** Bodies are small: a message of 4,000 characters is at most 16 KB of UTF-8, and escapes triple it in a form. */
const BODY_LIMIT = '64kb';

export interface Before {
  /** Before a page: know its visitor, or make one. */
  page: RequestHandler;
  /** Before a handler that reads a body. */
  body: RequestHandler[];
  /** Before a handler that takes the body as text, whatever it says that it is. */
  text: RequestHandler;
}

export const beforeHandlers = (site: Site): Before => ({
  page: pageVisitor(site),
  body: [
    express.json({ limit: BODY_LIMIT, strict: true }),
    express.urlencoded({ extended: false, limit: BODY_LIMIT, parameterLimit: 50 }),
  ],
  text: express.text({ type: () => true, limit: BODY_LIMIT }),
});
