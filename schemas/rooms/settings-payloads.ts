/** Validators of what a host sets. */
import { z } from 'zod';
import { visitorId } from '../people/visitor-id.js';
import { atMost, line, tick } from '../site/text.js';
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

/** Characters of the reason of a report. */
export const WHY_MAX = 300;

/** POST /room/:id/chat/:message/report, and of a person. */
export const report = z.object({ why: line.refine(atMost(WHY_MAX)).default('') });

/** What a report is about: a message or a person. */
export const reportTarget = z.union([roomId, visitorId]);

/** POST /room/:id/erase: the box that says that it is meant. */
export const erasure = z.object({ sure: tick.refine((isTicked) => isTicked) });

export type RoomSettings = z.infer<typeof roomSettings>;
