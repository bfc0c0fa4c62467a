/** Addresses of direct messages: the person that a request names, and where the raw gateway is. */
import type { Request } from 'express';
import { visitorId } from '../../schemas/people/visitor-id.js';
import { AppError } from '../../services/site/errors.js';
import type { Site } from '../site/site.js';

/** @throws AppError person_not_found, for what cannot be an id too. */
export function personIdOf(text: unknown): string {
  const id = visitorId.safeParse(text);
  if (!id.success) throw new AppError('person_not_found');
  return id.data;
}

/** The other person of a conversation. @throws AppError person_not_found. */
export const otherOf = (request: Request): string => personIdOf(request.params['userId']);

/** Where programs reach the raw gateway, as seen from where a request came. */
export const gatewayUrl = (request: Request, { origins }: Site): string =>
  `${origins.addressFor(request.headers.host).replace(/^http/, 'ws')}/ws`;
