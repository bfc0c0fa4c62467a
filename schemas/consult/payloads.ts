/** Validators of what the consultation desk receives, and the limits that they enforce. */
import { z } from 'zod';
import { chatText, clientId } from '../messages/payloads.js';
import { atMost, isText, line, password, text, visible } from '../site/text.js';

export const CONSULT = { topic: 200, name: 40, note: 2000, line: 300, replyTitle: 60, password: 256 } as const;

/** `start-consult`: the topic, which may be left out. Simple clients send an id of their own instead. */
export const consultTopic = z
  .unknown()
  .transform((value) => value ?? '')
  .pipe(line.refine(atMost(CONSULT.topic), { message: 'topic_too_long' }));

export const sessionId = z.string().regex(/^[0-9a-f]{24}$/, { message: 'consult_not_found' });

const cursor = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();

/** `send-message`. The session says who sends: a `sender` in the payload is ignored. */
export const consultMessage = z.object({ sessionId, message: chatText, clientId: clientId.optional() });

export const consultTyping = z.object({ sessionId, on: z.boolean() });

export const resumeConsult = z
  .object({ sessionId: sessionId.optional(), after: cursor, before: cursor })
  .nullish()
  .transform((value) => value ?? { sessionId: undefined, after: undefined, before: undefined });

export const openConsult = z.object({ sessionId, after: cursor, before: cursor });

/** `list-ended`. `since`: midnight in the consultant's time zone, in milliseconds. */
export const endedSince = z
  .object({ since: z.number().int().min(0).max(8.64e15) })
  .nullish()
  .transform((value) => value ?? { since: undefined });

export const transferConsult = z.object({ sessionId, to: z.string().regex(/^[0-9a-f]{32}$/) });

export const consultNote = z.object({
  sessionId,
  note: text.refine(visible, { message: 'chat_required' }).refine(atMost(CONSULT.note), { message: 'chat_too_long' }),
});

export const replyId = z.string().regex(/^[0-9a-f]{24}$/, { message: 'not_found' });

export const cannedReply = z.object({
  id: replyId.optional(),
  title: line
    .refine(visible, { message: 'title_required' })
    .refine(atMost(CONSULT.replyTitle), { message: 'title_too_long' }),
  text: chatText,
});

/** Sign-in at the desk. */
export const signIn = z.object({
  name: z
    .unknown()
    .transform((value) => value ?? '')
    .pipe(
      line.refine(visible, { message: 'name_required' }).refine(atMost(CONSULT.name), { message: 'name_too_long' }),
    ),
  password: password.refine(atMost(CONSULT.password)),
});

/** A number, or the digit that a form sends. */
const stars = z
  .union([z.number(), z.enum(['1', '2', '3', '4', '5']).transform(Number)])
  .pipe(z.number().int().min(1).max(5));

export const consultRating = z.object({
  stars,
  line: line.refine(atMost(CONSULT.line), { message: 'chat_too_long' }).default(''),
});

/** A return code as people type it: case, spaces and dashes are ignored; O is read as 0, I and L as 1. */
export const returnCode = z.object({
  code: z
    .unknown()
    .transform((value) =>
      isText(value)
        ? value
            .slice(0, 64)
            .toUpperCase()
            .replace(/[^0-9A-Z]/g, '')
            .replaceAll('O', '0')
            .replace(/[IL]/g, '1')
        : '',
    )
    .refine((value) => /^[0-9A-HJKMNP-TV-Z]{12}$/.test(value), { message: 'code_wrong' }),
});
