/** The message that an address names, in every place. */
import type { Request } from 'express';
import { messageId } from '../../schemas/messages/payloads.js';
import { AppError } from '../../services/site/errors.js';

/**
 * The message that a page is asked to show the forms of (`?message=`), for visitors without scripts; none that is not among
 * those of the page, or was removed.
 */
export function actedOn<M extends { _id: string; removed?: string }>(request: Request, messages: readonly M[]) {
  return messages.find(({ _id, removed }) => _id === request.query['message'] && removed === undefined);
}

/** @throws AppError message_not_found, for what cannot be an id too. */
export function messageIdOf(request: Request): string {
  const id = messageId.safeParse(request.params['message']);
  if (!id.success) throw new AppError('message_not_found');
  return id.data;
}
