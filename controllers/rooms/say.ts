/** A text is said in a room: by the same limits, over HTTP and over sockets. */
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { Seat } from '../../schemas/rooms/seat.js';
import { takeChat } from '../site/allowance.js';
import type { Site } from '../site/site.js';

/** What stores and announces a checked text, from a seat and the address whose limit it counts against. */
type Say = (seat: Seat, address: string, text: { chat: string; clientId?: string | undefined }) => Promise<MessageView>;

/** @returns what throws AppError rate_limited, room_closed, not_admitted, busy; anything else when it may be stored. */
export function sayIn({ services: { chats, limits } }: Site): Say {
  return async (seat, address, { chat, clientId }) => {
    await takeChat(limits, seat.visitor, address);
    return chats.post({ seat, chat, clientId });
  };
}
