/** The message that an address names, in every place. */
import type { Request } from 'express';
import { messageId } from '../../schemas/messages/payloads.js';
import { AppError } from '../../services/site/errors.js';

/** @throws AppError message_not_found, for what cannot be an id too. */
export function messageIdOf(request: Request): string {
  const id = messageId.safeParse(request.params['message']);
  if (!id.success) throw new AppError('message_not_found');
  return id.data;
}
