/** What the operator's page is sent. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { visitorId } from '../people/visitor-id.js';
import { atMost, line, searchText, text, tick, visible } from '../site/text.js';

const PASSWORD_MAX = 256;
export const NAME_MAX = 40;
const ANNOUNCEMENT_MAX = 300;
/** Minutes for which somebody may be kept out: ten minutes, an hour, a day, a week, thirty days. */
export const BAN_MINUTES = [10, 60, 1_440, 10_080, 43_200] as const;

export const adminSignIn = z.object({
  password: z.string().min(1, 'password_length').max(PASSWORD_MAX, 'password_length'),
  /** Who signs in, for the list of what was done. */
  name: line.refine(atMost(NAME_MAX), 'name_too_long').optional(),
});

export const announcement = z.object({
  text: text.refine(visible, 'announcement_required').refine(atMost(ANNOUNCEMENT_MAX), 'announcement_too_long'),
});

/** Whether maintenance is to begin, or to end. */
export const maintenance = z.object({ on: tick });

const minutes = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,6}$/)
      .transform(Number),
  ])
  .refine((given) => BAN_MINUTES.some((known) => known === given), 'bad_input');

export const visitorBan = z.object({ visitor: visitorId, minutes });

export const addressBan = z.object({
  address: z
    .string()
    .trim()
    .refine((given) => isIP(given) !== 0, 'address_invalid'),
  minutes,
});

/** Whom the operator looks for: by a part of the name, or in a room. */
export const peopleQuery = z.object({ q: searchText.optional(), room: z.string().max(64).optional().catch(undefined) });
