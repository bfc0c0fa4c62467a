/** Validators of messages of every place, and the limits that they enforce. */
import { z } from 'zod';
import { OBJECT_ID, PAGE_MAX, length, seq, text, visible } from '../site/text.js';

export const CHAT_MAX = 4000;

export const ALT_MAX = 300;

/** Messages that a page shows at first, and that an answer without a limit brings. */
export const LATEST = 50;

export const chatText = text
  .refine(visible, { message: 'chat_required' })
  .refine((value) => length(value) <= CHAT_MAX, { message: 'chat_too_long' });

export const clientId = z.string().regex(/^[\w.:-]{1,64}$/);

export const messageId = z.string().regex(OBJECT_ID);

/** The message that a text answers; an empty field of a form: none. */
export const replyTo = z.union([z.literal('').transform(() => undefined), messageId]).optional();

export const postChat = z.object({
  chat: z
    .unknown()
    .transform((value) => value ?? '')
    .pipe(chatText),
  clientId: clientId.optional(),
  replyTo,
});

export const postImage = z.object({
  alt: text
    .transform((value) => value.replace(/\s+/gu, ' '))
    .refine((value) => length(value) <= ALT_MAX)
    .default(''),
  clientId: z.union([z.literal('').transform(() => undefined), clientId]).optional(),
  replyTo,
});

/** The new text of a message. */
export const editChat = postChat.pick({ chat: true });

/** One emoji as Unicode recommends it for interchange, of however many code points. */
const ONE_EMOJI = new RegExp('^\\p{RGI_Emoji}$', 'v');

export const emoji = z.string().max(64).regex(ONE_EMOJI);

/** A page of history, in every place; with `rev`, what was changed since that change comes along. */
export const chatsQuery = z
  .object({ after: seq.optional(), before: seq.optional(), rev: seq.optional(), limit: seq.default(LATEST) })
  .refine((query) => query.after === undefined || query.before === undefined)
  .transform((query) => ({ ...query, limit: Math.min(Math.max(query.limit, 1), PAGE_MAX) }));
