/** What two people do to the messages between them: edit and remove their own, and react. */
import { blockedBy, type Direct, directView } from '../../schemas/direct/direct.js';
import { withMine } from '../../schemas/messages/actions.js';
import type { Person } from '../../schemas/people/contract.js';
import type { DirectView } from '../../schemas/direct/contract.js';
import type { Clock } from '../database/clock.js';
import { edited, peopleOf, reacted, removed } from '../messages/actions.js';
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

/** A message as one of the two gets it. */
function messageFor(message: Direct, me: string): DirectView {
  const view = directView(message);
  return withMine([view], [message], me)[0] ?? view;
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
    return messageFor((await direct.change(me, other, id, decide)).message, me);
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

  /**
   * Choose an emoji for a message, or choose it no more.
   * @param emoji a checked one.
   * @throws AppError person_not_found, message_not_found, message_removed, too_many_reactions, busy.
   */
  async react({ id: me, name, color }: Person, other: string, id: string, emoji: string, isChosen: boolean) {
    const decide = reacted<Direct>({ id: me, name, color }, emoji, isChosen);
    return messageFor((await this.deps.direct.change(me, other, id, decide)).message, me);
  }

  /** Who has chosen which emoji. @throws AppError person_not_found, message_not_found. */
  async reactions(me: string, other: string, id: string): Promise<Record<string, Person[]>> {
    return peopleOf(await this.deps.direct.find(me, other, id));
  }
}
