/** Validators of what a host sets. */
import { z } from 'zod';
import { tick } from '../site/text.js';
import { chatText } from '../messages/payloads.js';
import { newPassword, roomId, seats, title } from './payloads.js';

/** Seconds between two posts of one person, at most. */
export const SLOW_MAX = 300;

const seconds = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,3}$/)
      .transform(Number),
  ])
  .pipe(z.number().int().min(0).max(SLOW_MAX));

/** PATCH /room/:id: what is to change; `password`: an empty one drops it. */
export const roomSettings = z
  .object({
    title: title.optional(),
    max: seats.optional(),
    password: newPassword.optional(),
    closedDoor: tick.optional(),
    approval: tick.optional(),
    listed: tick.optional(),
    slow: seconds.optional(),
    hostsOnly: tick.optional(),
    picturesPaused: tick.optional(),
  })
  .refine((settings) => Object.keys(settings).length > 0);

/** PUT /room/:id/pinned: a message, or none. */
export const pinnedChat = z.object({ chat: roomId.nullable() });

/** The same by a form: a text that is posted and pinned; an empty one pins none. */
export const pinnedText = z.object({ text: z.union([z.literal(''), chatText]) });

export type RoomSettings = z.infer<typeof roomSettings>;
