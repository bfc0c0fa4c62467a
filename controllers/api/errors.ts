/** Errors as programs get them: in words of the API, and with the receipt of a room that has closed. */
import type { ErrorRequestHandler } from 'express';
import { roomId } from '../../schemas/rooms/payloads.js';
import { AppError } from '../../services/site/errors.js';
import { toAppError } from '../site/errors.js';
import type { Site } from '../site/site.js';

/** The last handler of the API's router: it hands on what it has translated. */
export function apiErrors({ services: { rooms } }: Site): ErrorRequestHandler {
  /** What is left of the room that a path names. */
  async function receiptOf(path: string): Promise<object | null> {
    const id = roomId.safeParse(/^\/rooms\/([^/]+)/.exec(path)?.[1]);
    const receipt = id.success ? await rooms.receipt(id.data) : null;
    if (!receipt) return null;
    const { _id: room, reason, messages, images, closedAt } = receipt;
    return { room, reason, messages, images, closedAt: closedAt.toISOString() };
  }

  return async (thrown: unknown, request, _response, next) => {
    const { code, details } = toAppError(thrown);
    if (code === 'password_wrong') return void next(new AppError('wrong_password', details));
    if (code === 'room_closed')
      return void next(new AppError('room_closed', { ...details, receipt: await receiptOf(request.path) }));
    next(thrown);
  };
}
