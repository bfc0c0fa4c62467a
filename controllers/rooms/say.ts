/** A text is said in a room: by the same limits, over HTTP and over sockets. */
import type { z } from 'zod';
import type { postChat } from '../../schemas/messages/payloads.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { Seat } from '../../schemas/rooms/seat.js';
import { takeChat } from '../site/allowance.js';
import type { Site } from '../site/site.js';

/** A checked text. */
type SaidText = z.output<typeof postChat>;

/** What stores and announces a checked text, from a seat and the address whose limit it counts against. */
type Say = (seat: Seat, address: string, text: SaidText) => Promise<MessageView>;

/** @returns what throws AppError rate_limited, message_not_found, message_removed, room_closed, not_admitted, busy; anything else when it may be stored. */
export function sayIn({ services: { chats, limits } }: Site): Say {
  return async (seat, address, text) => {
    await takeChat(limits, seat.visitor, address);
    return chats.post({ seat, ...text });
  };
}
