/** What people do to messages of a room: who may edit or remove which, and what goes with a removed one. */
import { type Chat, messageView } from '../../schemas/rooms/chat.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { Clock } from '../database/clock.js';
import { edited, removed } from '../messages/actions.js';
import type { Changed } from '../messages/changes.js';
import type { ImageStore } from '../messages/image-store.js';
import type { Chats } from './chat.js';
import { requireRight, type Role } from './rights.js';
import type { Roles } from './roles.js';
import type { Rooms } from './rooms.js';

interface Deps {
  chats: Chats;
  rooms: Pick<Rooms, 'find'>;
  roles: Pick<Roles, 'of'>;
  images: Pick<ImageStore, 'remove'>;
  clock: Clock;
}

/** Who changes something, and in which room. */
export interface Actor {
  room: string;
  visitor: string;
}

const authorOf = ({ author }: Chat): string => author.id;

export class ChatActions {
  constructor(private readonly deps: Deps) {}

  /**
   * Replace the text of one's own message.
   * @param chat a checked text.
   * @throws AppError message_not_found, not_yours, message_removed, not_admitted, room_closed, room_not_found, busy.
   */
  async edit({ room, visitor }: Actor, id: string, chat: string): Promise<MessageView> {
    await this.#roleOf({ room, visitor });
    const decide = edited<Chat>(visitor, authorOf, 'chat', chat, this.deps.clock.date());
    return messageView((await this.deps.chats.change(room, id, decide)).message);
  }

  /**
   * Remove one's own message, or as a host anybody's.
   * @returns what is left of it.
   * @throws AppError message_not_found, not_host, not_admitted, room_closed, room_not_found, busy.
   */
  async remove({ room, visitor }: Actor, id: string): Promise<MessageView> {
    const role = await this.#roleOf({ room, visitor });
    return this.#erase(
      room,
      await this.deps.chats.change(room, id, (chat) => {
        const isMine = authorOf(chat) === visitor;
        if (!isMine) requireRight(role, 'removeOthers');
        return removed<Chat>(isMine ? 'author' : 'host')(chat);
      }),
    );
  }

  /**
   * Remove any message of a room, for a host whose right was made sure of.
   * @throws AppError message_not_found, busy.
   */
  async removeAsHost(room: string, id: string): Promise<MessageView> {
    return this.#erase(room, await this.deps.chats.change(room, id, removed<Chat>('host')));
  }

  /** The picture of a removed message is gone at once; one that a crash leaves behind is an orphan. */
  async #erase(room: string, { message, before }: Changed<Chat>): Promise<MessageView> {
    if (before?.gif) await this.deps.images.remove(room, before.gif);
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
