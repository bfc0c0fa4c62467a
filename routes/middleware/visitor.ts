/** A page view makes the session; nothing else does. */
import type { RequestHandler } from 'express';
import { addressKey } from '../../services/addresses.js';
import type { Services } from '../../services/index.js';
import { prolong, SESSION_LIFE } from '../../services/session.js';
import { createVisitor } from '../../services/visitors.js';

/** For pages: know the visitor, or make one. */
export function pageVisitor({ limits, people, conversations }: Services): RequestHandler {
  return async (request, response, next) => {
    if (request.session.visitor && Date.now() - (request.session.bornAt ?? 0) > SESSION_LIFE * 1000) {
      await new Promise<void>((resolve, reject) =>
        request.session.regenerate((error) => (error ? reject(error as Error) : resolve())),
      );
    }
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
    if (isNew)
      await new Promise<void>((resolve, reject) =>
        session.save((error) => (error ? reject(error as Error) : resolve())),
      );
    await people.saw(session.visitor, session.bornAt ?? Date.now());
    response.locals.unread = await conversations.unread(session.visitor.id);
    next();
  };
}
