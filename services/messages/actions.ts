/** What anybody may do to a message in any place: edit and remove one's own, and react. Each is the decision of a change (changes.ts). */
import type { Person } from '../../schemas/people/contract.js';
import type { Acted } from '../../schemas/messages/actions.js';
import { AppError } from '../site/errors.js';
import type { Decide } from './changes.js';
import type { Update } from './mass-change.js';

/** What a removed message has no more. */
const CONTENT = ['chat', 'message', 'gif', 'poll', 'editedAt', 'unread', 'replyTo', 'mentions', 'reactions'];

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
    mentions?: Person[],
  ): Decide<D> =>
  (message) => {
    if (authorOf(message) !== me) throw new AppError('not_yours');
    if (message.removed) throw new AppError('message_removed');
    // A picture has no text to edit, and people have voted on that of a poll.
    if (typeof message[field] !== 'string' || message.poll) throw new AppError('not_yours');
    if (message[field] === text) return null;
    const named = mentions?.length ? { $set: { mentions } } : { $unset: { mentions: 1 } };
    return { ...named, $set: { ...named.$set, [field]: text, editedAt: at } };
  };

const without = (fields: string[]) => Object.fromEntries(fields.map((field) => [field, 1 as const]));

/** Remove a message: nothing stays of it but who wrote it and when, and who removed it. */
export const removed =
  <D extends Actable>(by: NonNullable<Acted['removed']> | 'operator'): Decide<D> =>
  (message) => {
    if (message.removed) return null;
    const remover = by === 'operator' ? { removed: 'host', byOperator: true } : { removed: by };
    return { $set: remover, $unset: without(CONTENT.filter((field) => field in message)) };
  };

/** The same as one update of many messages, whatever each of them has. */
export const removal = (by: NonNullable<Acted['removed']>): Update => ({
  $set: { removed: by },
  $unset: without(CONTENT),
});

/** Kinds of reactions of one message, and people of one kind. */
const KINDS_MAX = 20;
const PEOPLE_MAX = 1_000;

/**
 * Choose an emoji for a message, or choose it no more.
 * @returns what throws AppError message_removed, too_many_reactions.
 */
export const reacted =
  <D extends Actable>(who: Person, emoji: string, isChosen: boolean): Decide<D> =>
  (message) => {
    if (message.removed) throw new AppError('message_removed');
    const reactions = message.reactions ?? [];
    const there = reactions.find((each) => each.emoji === emoji);
    const people = there?.people ?? [];
    if (people.some(({ id }) => id === who.id) === isChosen) return null;
    if (isChosen && ((!there && reactions.length >= KINDS_MAX) || people.length >= PEOPLE_MAX))
      throw new AppError('too_many_reactions');
    const now = isChosen ? [...people, who] : people.filter(({ id }) => id !== who.id);
    const next = there
      ? reactions
          .map((each) => (each === there ? { emoji, people: now } : each))
          .filter((each) => each.people.length > 0)
      : [...reactions, { emoji, people: now }];
    return next.length > 0 ? { $set: { reactions: next } } : { $unset: { reactions: 1 } };
  };

/** Emoji -> who chose it, in that order. */
export const peopleOf = ({ reactions }: Acted): Record<string, Person[]> =>
  Object.fromEntries((reactions ?? []).map(({ emoji, people }) => [emoji, people]));
