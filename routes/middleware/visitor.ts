/** A page view makes the session; nothing else does. */
import type { RequestHandler } from 'express';
import { addressKey } from '../../services/addresses.js';
import type { Services } from '../../services/index.js';
import { prolong } from '../../services/session.js';
import { createVisitor } from '../../services/visitors.js';

/** For pages: know the visitor, or make one. */
export function pageVisitor({ limits, people, conversations }: Services): RequestHandler {
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
    if (isNew)
      await new Promise<void>((resolve, reject) =>
        session.save((error) => (error ? reject(error as Error) : resolve())),
      );
    await people.saw(session.visitor, session.bornAt ?? Date.now());
    response.locals.unread = await conversations.unread(session.visitor.id);
    next();
  };
}
