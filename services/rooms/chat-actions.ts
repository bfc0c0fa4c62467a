/** What people do to messages of a room: who may edit or remove which, and what goes with a removed one. */
import { type Chat, messageFor, messageView } from '../../schemas/rooms/chat.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { Person } from '../../schemas/people/contract.js';
import type { Clock } from '../database/clock.js';
import { edited, peopleOf, reacted, removed } from '../messages/actions.js';
import type { Changed } from '../messages/changes.js';
import type { ImageStore } from '../messages/image-store.js';
import type { Chats } from './chat.js';
import type { Notices } from './notices.js';
import type { Reports } from './reports.js';
import { requireRight, type Role } from './rights.js';
import type { Roles } from './roles.js';
import type { Rooms } from './rooms.js';
import type { Settings } from './settings.js';

interface Deps {
  chats: Chats;
  rooms: Pick<Rooms, 'find'>;
  roles: Pick<Roles, 'of'>;
  images: Pick<ImageStore, 'remove'>;
  settings: Pick<Settings, 'unpin' | 'noteEdit'>;
  notices: Pick<Notices, 'tell'>;
  reports: Pick<Reports, 'settleMessage'>;
  clock: Clock;
}

/** Who changes something, and in which room. */
export interface Actor {
  room: string;
  visitor: string;
  name: string;
  color: string;
}

const authorOf = ({ author }: Chat): string => author.id;

export class ChatActions {
  constructor(private readonly deps: Deps) {}

  /**
   * Replace the text of one's own message.
   * @param chat a checked text.
   * @throws AppError message_not_found, not_yours, message_removed, not_admitted, room_closed, room_not_found, busy.
   */
  async edit(actor: Actor, id: string, chat: string): Promise<MessageView> {
    const { room, visitor } = actor;
    await this.#roleOf(actor);
    const mentions = await this.deps.chats.mentions(room, chat);
    const decide = edited<Chat>(visitor, authorOf, 'chat', chat, this.deps.clock.date(), mentions);
    const { message, before } = await this.deps.chats.change(room, id, decide);
    if (before) await this.deps.settings.noteEdit(room, id);
    return messageFor(message, visitor);
  }

  /**
   * Remove one's own message, or as a host anybody's.
   * @returns what is left of it.
   * @throws AppError message_not_found, not_host, not_admitted, room_closed, room_not_found, busy.
   */
  async remove(actor: Actor, id: string): Promise<MessageView> {
    const { room, visitor } = actor;
    const role = await this.#roleOf(actor);
    const changed = await this.deps.chats.change(room, id, (chat) => {
      const isMine = authorOf(chat) === visitor;
      if (!isMine) requireRight(role, 'removeOthers');
      return removed<Chat>(isMine ? 'author' : 'host')(chat);
    });
    if (changed.before && authorOf(changed.message) !== visitor) {
      await this.deps.notices.tell(room, 'messages_removed', 1);
      await this.deps.reports.settleMessage(room, id);
    }
    return this.#erase(room, changed);
  }

  /**
   * Choose an emoji for a message, or choose it no more.
   * @param emoji a checked one.
   * @throws AppError message_not_found, message_removed, too_many_reactions, not_admitted, room_closed, room_not_found, busy.
   */
  async react({ room, ...who }: Actor, id: string, emoji: string, isChosen: boolean): Promise<MessageView> {
    await this.#roleOf({ room, ...who });
    const person = { id: who.visitor, name: who.name, color: who.color };
    const { message } = await this.deps.chats.change(room, id, reacted<Chat>(person, emoji, isChosen));
    return messageFor(message, who.visitor);
  }

  /** Who has chosen which emoji. @throws AppError message_not_found, not_admitted, room_closed, room_not_found. */
  async reactions(actor: Actor, id: string): Promise<Record<string, Person[]>> {
    await this.#roleOf(actor);
    return peopleOf(await this.deps.chats.find(actor.room, id));
  }

  /**
   * Remove any message of a room, for somebody whose right was made sure of.
   * @param by as whom they remove it.
   * @throws AppError message_not_found, busy.
   */
  async removeAs(by: 'host' | 'operator', room: string, id: string): Promise<MessageView> {
    return this.#erase(room, await this.deps.chats.change(room, id, removed<Chat>(by)));
  }

  /** The picture of a removed message is gone at once; one that a crash leaves behind is an orphan. */
  async #erase(room: string, { message, before }: Changed<Chat>): Promise<MessageView> {
    if (before?.gif) await this.deps.images.remove(room, before.gif);
    if (before) await this.deps.settings.unpin(room, String(message._id));
    return messageView(message);
  }

  /** What they are who change something. @throws AppError room_closed, room_not_found, not_admitted, banned. */
  async #roleOf({ room: id, visitor }: Actor): Promise<Role> {
    const room = await this.deps.rooms.find(id);
    const role = await this.deps.roles.of(room, visitor);
    requireRight(role, 'change');
    return role;
  }
}
