/** Who speaks in which consultation, for requests that name one in their address. */
import type { Request } from 'express';
import { sessionId } from '../../schemas/consult/payloads.js';
import type { Person } from '../../schemas/people/contract.js';
import type { Actor } from '../../services/consult/cases.js';
import type { Services } from '../../services/index.js';
import { hashSessionId } from '../../services/people/sessions.js';
import { person } from '../../services/people/visitors.js';
import { AppError } from '../../services/site/errors.js';
import { visitorOf } from '../site/visitor.js';

export interface Speaker {
  /** The case. */
  id: string;
  actor: Actor;
  person: Person;
}

/**
 * The case of the address, and as whom its asker acts: its visitor, or else the consultant who has it. The right itself
 * is checked by what is done with it.
 * @throws AppError consult_not_found.
 */
export async function speakerOf(request: Request, { cases, deskSessions }: Services): Promise<Speaker> {
  const visitor = visitorOf(request);
  const id = sessionId.safeParse(request.params['id']);
  if (!id.success) throw new AppError('consult_not_found');
  const consultant = await deskSessions.of(hashSessionId(request.session.id), true);
  const found = consultant && (await cases.peek(id.data));
  if (consultant && found?.consultant?.id === consultant.id && !asVisitor(request, found.visitor))
    return { id: id.data, actor: { consultant: consultant.id }, person: consultant };
  return { id: id.data, actor: { visitor: visitor.id }, person: person(visitor) };
}

/** One browser may be both sides; then the page says as which it asks. */
const asVisitor = (request: Request, owner: string) =>
  owner === visitorOf(request).id && request.query['as'] === 'visitor';
