/** What each of the two has set for a conversation: muted, blocked; and what a block forbids the other. */
import type { ConversationView } from '../../schemas/direct/contract.js';
import { blockedBy, hiddenFrom, mutedBy, pairKey } from '../../schemas/direct/direct.js';
import type { Models } from '../../schemas/models.js';
import type { Visitor } from '../people/visitors.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import type { Conversations } from './conversations.js';
import { blank, gone, type Inbox } from './inbox.js';

interface Deps {
  models: Models;
  events: EventBus;
  conversations: Conversations;
  inbox: Inbox;
}

export class ConversationFlags {
  constructor(private readonly deps: Deps) {}

  /** Whether `from` may tell `to` that they are typing: there is a conversation, and neither has blocked. */
  async mayType(from: string, to: string): Promise<boolean> {
    const conversation = await this.deps.conversations.stored(from, to);
    return conversation?.flags.every((flag) => flag === mutedBy(from) || flag === mutedBy(to)) ?? false;
  }

  /**
   * Block or unblock. The blocked person finds nobody there any more, and may block back all the same.
   * @throws AppError person_not_found.
   */
  async block(me: Visitor, other: string, on: boolean): Promise<ConversationView> {
    await this.#flag(me, other, [blockedBy(me.id), hiddenFrom(other)], on);
    this.deps.events.announce('direct.changed', { by: me.id, with: other, blocked: on });
    const conversation = await this.deps.conversations.stored(me.id, other);
    if (conversation?.flags.includes(hiddenFrom(me.id)))
      return { ...blank(gone(conversation, other)), blocked: on, ended: true };
    const [view] = conversation ? await this.deps.inbox.views(me.id, [conversation]) : [];
    if (!view) throw new AppError('person_not_found');
    return view;
  }

  /** No sound, no count for this conversation. @throws AppError person_not_found. */
  async mute(me: Visitor, other: string, on: boolean): Promise<void> {
    await this.deps.conversations.find(me.id, other);
    await this.#flag(me, other, [mutedBy(me.id)], on);
    this.deps.events.announce('direct.changed', { by: me.id, with: other });
  }

  /** Set or clear somebody's own flags. */
  async #flag(me: Visitor, other: string, flags: string[], on: boolean): Promise<void> {
    if (!(await this.deps.conversations.stored(me.id, other))) {
      const { other: person } = await this.deps.conversations.reach(me.id, other);
      await this.deps.conversations.begin(me, person);
    }
    await this.deps.models.Conversation.updateOne(
      { _id: pairKey(me.id, other) },
      on ? { $addToSet: { flags: { $each: flags } } } : { $pullAll: { flags } },
    );
  }
}
