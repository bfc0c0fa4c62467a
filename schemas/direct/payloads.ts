/** Validators of direct messages and of the gateway's frames. */
import { z } from 'zod';
import { chatText, clientId, replyTo } from '../messages/payloads.js';
import { visitorId } from '../people/visitor-id.js';
import { inputsOf } from '../site/inputs.js';
import { PAGE_MAX, searchText, seq, wholeNumber } from '../site/text.js';
import type { DirectClientEvents } from './contract.js';

/** POST /api/messages/send/:userId. */
export const postDirect = z.object({
  message: z
    .unknown()
    .transform((value) => value ?? '')
    .pipe(chatText),
  clientId: clientId.optional(),
  replyTo,
});

/** The new text of a message. */
export const editDirect = postDirect.pick({ message: true });

const readMark = z.object({ with: visitorId, upTo: wholeNumber });

export const readUpTo = z.object({ upTo: wholeNumber });

const typingTo = z.object({ to: visitorId, on: z.boolean() });

/** What each client event of `/direct` carries. */
export const directInputs = inputsOf<DirectClientEvents>()({ read: readMark, typing: typingTo });

/** On or off: true or false in JSON, `on` or `off` in a form. */
export const switchTo = z.object({
  on: z.union([z.boolean(), z.enum(['on', 'off']).transform((value) => value === 'on')]),
});

/** GET /api/messages: a page of conversations. `before`: the time and id of the last one of the page before. */
export const conversationsQuery = z.object({
  before: z
    .string()
    .regex(/^\d{1,15}_[0-9a-f]{32}:[0-9a-f]{32}$/)
    .transform((value) => {
      const [at = '', id = ''] = value.split('_');
      return { at: Number(at), id };
    })
    .optional(),
  limit: seq.default(30).transform((limit) => Math.min(Math.max(limit, 1), PAGE_MAX)),
});

/** Characters of a cursor, an id and two folded names: a name has twenty, and one may fold to eighteen. */
const CURSOR_MAX = 1_000;

/**
 * GET /api/users: a page of those online, or of those with `q` in their name. `after`: id and key of the last one of
 * the page before.
 */
export const usersQuery = z.object({
  after: z
    .string()
    .max(CURSOR_MAX)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), { message: 'bad_input' })
    .regex(/^[0-9a-f]{32}_/)
    .transform((value) => ({ id: value.slice(0, 32), key: value.slice(33) }))
    .optional(),
  q: searchText,
  limit: seq.default(PAGE_MAX).transform((limit) => Math.min(Math.max(limit, 1), PAGE_MAX)),
});

export type UsersQuery = z.output<typeof usersQuery>;

const TOKEN_MAX = 64;

/** A frame that the gateway receives. */
export const clientFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('init'),
    token: z.string().max(TOKEN_MAX).optional(),
    userId: z.string().max(TOKEN_MAX).optional(),
    after: wholeNumber.optional(),
  }),
  z.object({
    type: z.literal('chat'),
    toUserId: z.string().max(TOKEN_MAX),
    fromUserId: z.string().max(TOKEN_MAX).optional(),
    message: chatText,
    clientId: clientId.optional(),
    replyTo,
  }),
  readMark.extend({ type: z.literal('read') }),
  typingTo.extend({ type: z.literal('typing') }),
  z.object({ type: z.literal('token') }),
]);
