/** What a room's sockets are told of who came or went. */
import type { Person } from '../../schemas/people/contract.js';
import type { PresenceView, RemovalReason } from '../../schemas/rooms/contract.js';
import { translator } from '../../services/site/locales.js';

/** Somebody who came or went, and their language. */
export interface Moved {
  who: Person;
  lang: string;
}

/** Somebody went: by themselves, or made to. */
export function exitView(seat: Moved & { people: number; reason?: RemovalReason | undefined }): PresenceView {
  if (!seat.reason) return presence('left', [seat], seat.people);
  const key = seat.reason === 'banned' ? 'left_banned' : 'left_removed';
  return { ...presence(key, [seat], seat.people), reason: seat.reason };
}

/** Names that one sentence holds. */
const NAMES_MAX = 3;

/**
 * @param moved one or more; `who` is the last of them, and the sentence is in the language of that one.
 * @param people how many visitors are there now.
 */
export function presence(
  key: 'joined' | 'left' | 'left_removed' | 'left_banned',
  moved: Moved[],
  people: number,
): PresenceView {
  const last = moved.at(-1);
  if (!last) throw new TypeError('nobody moved');
  const others = moved.slice(0, -1).map(({ who }) => who);
  const shown = moved.slice(-NAMES_MAX).map(({ who }) => who.name);
  const more = moved.length - shown.length;
  const names = shown.join(', ') + (more > 0 ? ` +${more}` : '');
  const chat = translator(last.lang === 'ko' ? 'ko' : 'en')(`chat.${key}`, { names });
  return { user: 'system', chat, who: last.who, people, ...(others.length > 0 && { others }) };
}
