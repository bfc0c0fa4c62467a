/** Who is asking, for doors that need to know. */
import type { Request } from 'express';
import type { Party } from '../../services/work/fair-queue.js';
import { addressKey } from '../../services/site/addresses.js';
import { AppError } from '../../services/site/errors.js';
import type { Visitor } from '../../services/people/visitors.js';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the way Express is told of fields
  namespace Express {
    interface Request {
      /** Whom the token of a program names; then there is no session. */
      program?: Visitor;
    }
  }
}

/** Who is asking, or null where nobody is known. */
export const askerOf = (request: Request): Visitor | null =>
  // A bot's key opens no session, which the type promises.
  request.program ?? (request.session as Request['session'] | undefined)?.visitor ?? null;

/** The visitor of a request that is not a page view. @throws AppError no_session. */
export function visitorOf(request: Request): Visitor {
  const visitor = askerOf(request);
  if (!visitor) throw new AppError('no_session');
  return visitor;
}

/** Whose work a request asks for, where addresses take turns. @throws AppError no_session. */
export const partyOf = (request: Request): Party => ({
  group: addressKey(request.ip),
  member: visitorOf(request).id,
});
