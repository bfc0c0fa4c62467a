/** Who is asking, for doors that need to know. */
import type { Request } from 'express';
import { AppError } from '../../services/site/errors.js';
import type { Visitor } from '../../services/people/visitors.js';

/** The visitor of a request that is not a page view. @throws AppError no_session. */
export function visitorOf(request: Request): Visitor {
  const visitor = request.session.visitor;
  if (!visitor) throw new AppError('no_session');
  return visitor;
}
