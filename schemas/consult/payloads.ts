/** Validators of what the consultation desk receives, and the limits that they enforce. */
import { z } from 'zod';
import { chatText, clientId } from '../messages/payloads.js';
import { inputsOf, nothing } from '../site/inputs.js';
import { atMost, isText, line, OBJECT_ID, password, text, visible, wholeNumber } from '../site/text.js';
import type { ConsultDeskEvents, ConsultVisitorEvents } from './contract.js';

export const CONSULT = { topic: 200, name: 40, note: 2000, line: 300, replyTitle: 60, password: 256 } as const;

export const sessionId = z.string().regex(OBJECT_ID, { message: 'consult_not_found' });

const replyId = z.string().regex(OBJECT_ID, { message: 'not_found' });

const from = { after: wholeNumber.optional(), before: wholeNumber.optional() };

/** What a consultation is about, which may be left out. */
const topic = line
  .refine(atMost(CONSULT.topic), { message: 'topic_too_long' })
  .nullish()
  .transform((value) => value ?? '');

/** What each event of `/consult` carries that visitors may send. */
export const consultInputs = inputsOf<ConsultVisitorEvents>()({
  /** The topic. Simple clients send an id of their own instead. */
  'start-consult': topic,
  'resume-consult': z
    .object({ sessionId: sessionId.optional(), ...from })
    .nullish()
    .transform((value) => value ?? { sessionId: undefined, after: undefined, before: undefined }),
  /** The session says who sends: a `sender` in the payload is ignored. */
  'send-message': z.object({ sessionId, message: chatText, clientId: clientId.optional() }),
  'end-consult': sessionId,
  'consult-typing': z.object({ sessionId, on: z.boolean() }),
});

/** POST /chat/consult. */
export const consultStart = z.object({ topic });

/** POST /chat/consult/:id/messages. */
export const consultMessage = z.object({ message: chatText, clientId: clientId.optional() });

/** What each event of `/consult` carries that only consultants may send. */
export const deskInputs = inputsOf<ConsultDeskEvents>()({
  'get-waiting-sessions': nothing,
  'consultant-join': sessionId,
  'resume-desk': nothing,
  'open-consult': z.object({ sessionId, ...from }),
  'return-consult': sessionId,
  'transfer-consult': z.object({ sessionId, to: z.string().regex(/^[0-9a-f]{32}$/) }),
  'add-note': z.object({
    sessionId,
    note: text.refine(visible, { message: 'chat_required' }).refine(atMost(CONSULT.note), { message: 'chat_too_long' }),
  }),
  /** `since`: midnight in the consultant's time zone, in milliseconds, within what a Date can hold. */
  'list-ended': z
    .object({ since: z.number().int().min(0).max(8.64e15) })
    .nullish()
    .transform((value) => value ?? { since: undefined }),
  'save-reply': z.object({
    id: replyId.optional(),
    title: line
      .refine(visible, { message: 'title_required' })
      .refine(atMost(CONSULT.replyTitle), { message: 'title_too_long' }),
    text: chatText,
  }),
  'remove-reply': replyId,
  'still-here': nothing,
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
