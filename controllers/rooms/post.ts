/** A text is posted into a room: the same for HTTP and sockets. */
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { Visitor } from '../../services/people/visitors.js';
import { takeChat } from '../site/allowance.js';
import type { Site } from '../site/site.js';

/** A checked text, and where it goes. */
interface Post {
  room: string;
  chat: string;
  clientId?: string | undefined;
}

/**
 * @returns what stores and announces a text, by who says it and the key of their address.
 * @throws AppError not_admitted, room_full, room_closed, room_not_found, rate_limited, busy.
 */
export function postText({ services: { speakers, chats, limits } }: Site) {
  return async (visitor: Visitor, address: string, { room, chat, clientId }: Post): Promise<MessageView> => {
    const seat = await speakers.seatOf(room, visitor);
    await takeChat(limits, visitor.id, address);
    return chats.post({ seat, chat, clientId });
  };
}
