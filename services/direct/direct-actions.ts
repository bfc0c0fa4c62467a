/** What two people do to the messages between them: edit and remove their own. */
import { blockedBy, type Direct, directView } from '../../schemas/direct/direct.js';
import type { DirectView } from '../../schemas/direct/contract.js';
import type { Clock } from '../database/clock.js';
import { edited, removed } from '../messages/actions.js';
import type { ImageStore } from '../messages/image-store.js';
import { AppError } from '../site/errors.js';
import type { Conversations } from './conversations.js';
import type { DirectMessages } from './direct.js';

interface Deps {
  direct: DirectMessages;
  conversations: Pick<Conversations, 'find'>;
  images: Pick<ImageStore, 'remove'>;
  clock: Clock;
}

const authorOf = ({ from }: Direct): string => from;

export class DirectActions {
  constructor(private readonly deps: Deps) {}

  /**
   * Replace the text of one's own message.
   * @param text a checked text.
   * @throws AppError person_not_found, blocked_by_you, message_not_found, not_yours, message_removed, busy.
   */
  async edit(me: string, other: string, id: string, text: string): Promise<DirectView> {
    const { direct, conversations, clock } = this.deps;
    const conversation = await conversations.find(me, other);
    if (conversation?.flags.includes(blockedBy(me))) throw new AppError('blocked_by_you');
    const decide = edited<Direct>(me, authorOf, 'message', text, clock.date());
    return directView((await direct.change(me, other, id, decide)).message);
  }

  /**
   * Remove one's own message; one that was not read counts as unread no more. @returns what is left of it.
   * @throws AppError person_not_found, message_not_found, not_yours, busy.
   */
  async remove(me: string, other: string, id: string): Promise<DirectView> {
    const { direct, images } = this.deps;
    const { message, before } = await direct.change(me, other, id, (found) => {
      if (authorOf(found) !== me) throw new AppError('not_yours');
      return removed<Direct>('author')(found);
    });
    if (before?.gif) await images.remove(before.pair, before.gif);
    return directView(message);
  }
}
