/** What anybody may do to a message in any place: edit and remove one's own. Each is the decision of a change (changes.ts). */
import type { Acted } from '../../schemas/messages/actions.js';
import { AppError } from '../site/errors.js';
import type { Decide } from './changes.js';

/** What a removed message has no more. */
const CONTENT = ['chat', 'message', 'gif', 'poll', 'editedAt', 'unread'];

/** A stored message of some place. */
interface Actable extends Acted {
  chat?: string | null | undefined;
  message?: string | null | undefined;
  poll?: object | null | undefined;
}

/**
 * Replace the text of one's own message.
 * @param authorOf who wrote a message.
 * @param field the one that holds a text in this place.
 * @returns what throws AppError not_yours, message_removed.
 */
export const edited =
  <D extends Actable>(
    me: string,
    authorOf: (message: D) => string,
    field: 'chat' | 'message',
    text: string,
    at: Date,
  ): Decide<D> =>
  (message) => {
    if (authorOf(message) !== me) throw new AppError('not_yours');
    if (message.removed) throw new AppError('message_removed');
    // A picture has no text to edit, and people have voted on that of a poll.
    if (typeof message[field] !== 'string' || message.poll) throw new AppError('not_yours');
    if (message[field] === text) return null;
    return { $set: { [field]: text, editedAt: at } };
  };

/** Remove a message: nothing stays of it but who wrote it and when. */
export const removed =
  <D extends Actable>(by: NonNullable<Acted['removed']>): Decide<D> =>
  (message) => {
    if (message.removed) return null;
    const unset = Object.fromEntries(CONTENT.filter((field) => field in message).map((field) => [field, 1]));
    return { $set: { removed: by }, $unset: unset };
  };
