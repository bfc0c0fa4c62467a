/** A text is said in a room: by the same limits, over HTTP and over sockets. */
import type { z } from 'zod';
import type { postChat } from '../../schemas/messages/payloads.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { Seat } from '../../schemas/rooms/seat.js';
import { speakFrom } from '../../services/rooms/speakers.js';
import { takeChat } from '../site/allowance.js';
import type { Site } from '../site/site.js';

/** A checked text. */
type SaidText = z.output<typeof postChat>;

/**
 * What stores and announces a checked text, from a seat and the address whose limit it counts against. For the seat is asked a second
 * time if the first one ended before the text was stored.
 */
type Say = (seatOf: () => Promise<Seat>, address: string, text: SaidText) => Promise<MessageView>;

/** @returns what throws what `seatOf` does, and AppError rate_limited, message_not_found, message_removed, room_closed, busy; anything else when it may be stored. */
export function sayIn({ services: { chats, limits } }: Site): Say {
  return async (seatOf, address, text) => {
    const seat = await seatOf();
    await takeChat(limits, seat.visitor, address);
    return speakFrom(seat, seatOf, (from) => chats.post({ seat: from, ...text }));
  };
}
