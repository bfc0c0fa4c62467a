/** POST /api/v1/visitors: somebody new without a browser. */
import type { RequestHandler } from 'express';
import { person } from '../../services/people/visitors.js';
import { addressKey } from '../../services/site/addresses.js';
import type { Site } from '../site/site.js';

export function visitorsApi({ services: { limits, tokens } }: Site) {
  const create: RequestHandler = async (request, response) => {
    await limits.take('session_ip', addressKey(request.ip));
    const { visitor, token } = await tokens.makeVisitor(response.locals.lang);
    response.status(201).json({ visitor: person(visitor), token });
  };

  return { create };
}
