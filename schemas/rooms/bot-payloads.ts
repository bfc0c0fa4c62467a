/** Validators of bots and of what they post by their keys. */
import { z } from 'zod';
import { atMost, line, visible } from '../site/text.js';

const BOT_NAME_MAX = 40;

/** POST /api/v1/rooms/:id/bots. */
export const newBot = z.object({
  name: z
    .unknown()
    .transform((value) => value ?? '')
    .pipe(
      line.refine(visible, { message: 'name_required' }).refine(atMost(BOT_NAME_MAX), { message: 'name_too_long' }),
    ),
});
