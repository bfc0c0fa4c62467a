/** Who asks. A page view makes the session; nothing else does. */
import type { RequestHandler } from 'express';
import { regenerateSession, saveSession } from '../../controllers/site/session.js';
import { addressKey } from '../../services/site/addresses.js';
import type { Site } from '../../controllers/site/site.js';
import { AppError } from '../../services/site/errors.js';
import { isOver, prolong } from '../../services/people/sessions.js';
import { createVisitor } from '../../services/people/visitors.js';

/**
 * For every request: whoever is known may be shown on any page; as long as their session is prolonged, so is what others
 * may write to. express-session goes on without a session when its store is away: that is refused here.
 */
export function knownVisitor({ services: { people } }: Site): RequestHandler {
  return async (request, response, next) => {
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the type promises what the middleware does not
    if (!request.session) throw new AppError('unavailable', { retryAfter: 5 });
    if (isOver(request.session)) await regenerateSession(request);
    const { session } = request;
    if (session.visitor) {
      response.locals.visitor = session.visitor;
      if (prolong(session)) await people.touch(session.visitor, session.bornAt ?? Date.now());
    }
    next();
  };
}

/** For pages: know the visitor, or make one. */
export function pageVisitor({ services: { limits, people, inbox } }: Site): RequestHandler {
  return async (request, response, next) => {
    const { session } = request;
    const isNew = !session.visitor;
    if (!session.visitor) {
      await limits.take('session_ip', addressKey(request.ip));
      session.visitor = createVisitor(response.locals.lang);
      session.bornAt = Date.now();
    }
    prolong(session);
    response.locals.visitor = session.visitor;
    // Kept before the answer begins: the browser may come back with its cookie before the answer has ended.
    if (isNew) await saveSession(request);
    await people.touch(session.visitor, session.bornAt ?? Date.now());
    response.locals.unread = await inbox.unread(session.visitor.id);
    next();
  };
}
