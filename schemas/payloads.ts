/**
 * Run-time validators of everything that comes in, beside the limits they enforce. Types do not validate: a service
 * sees only what passed one of these. Lengths count characters (code points), not bytes or UTF-16 units.
 */
import { z } from 'zod';

export const TITLE_MAX = 100;
export const SEATS = { min: 2, max: 100, default: 10 } as const;
export const PASSWORD = { min: 4, max: 128 } as const;
export const CHAT_MAX = 4000;
export const ALT_MAX = 300;
export const CLIENT_ID_MAX = 64;
export const PAGE_MAX = 100;
/** Characters of a name in the lobby. */
export const NAME = { min: 2, max: 20 } as const;
export const QUERY_MAX = 64;

/** Control characters except line feed and tab, and the marks that turn the direction of everything after them. */
// eslint-disable-next-line no-control-regex -- finding control characters is the point
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;
/** What takes no space, or only space, as the blank of braille: a text of these alone is empty. */
const INVISIBLE = /\p{White_Space}|\p{Default_Ignorable_Code_Point}|\u2800/gu;

const length = (text: string) => Array.from(text).length;

/** Text as people mean it: well-formed, NFC, no control characters, no space around. */
const text = z
  .string()
  .refine((value) => value.isWellFormed() && !value.includes('\0'), { message: 'bad_input' })
  .transform((value) => value.replaceAll('\r\n', '\n').replace(CONTROL, '').normalize('NFC').trim());

const visible = (value: string) => value.replace(INVISIBLE, '') !== '';

export const title = text
  .transform((value) => value.replace(/\s+/gu, ' '))
  .refine(visible, { message: 'title_required' })
  .refine((value) => length(value) <= TITLE_MAX, { message: 'title_too_long' });

export const chatText = text
  .refine(visible, { message: 'chat_required' })
  .refine((value) => length(value) <= CHAT_MAX, { message: 'chat_too_long' });

const OUT_OF_RANGE = { error: 'max_out_of_range' };
const seats = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^\d{1,4}$/)
        .transform(Number),
    ],
    OUT_OF_RANGE,
  )
  .pipe(z.number().int(OUT_OF_RANGE).min(SEATS.min, OUT_OF_RANGE).max(SEATS.max, OUT_OF_RANGE));

/** A password is compared in NFC, whole, with nothing trimmed: a space is a character. */
export const password = z
  .string()
  .refine((value) => value.isWellFormed(), { message: 'bad_input' })
  .transform((value) => value.normalize('NFC'));

export const roomId = z.string().regex(/^[0-9a-f]{24}$/);
export const clientId = z.string().regex(/^[\w.:-]{1,64}$/);

/** POST /room. An empty field of a form counts as not given. */
export const newRoom = z.object({
  title: z
    .unknown()
    .transform((value) => value ?? '')
    .pipe(title),
  max: z.union([z.literal('').transform(() => SEATS.default), seats], OUT_OF_RANGE).default(SEATS.default),
  password: password
    .refine((value) => value === '' || (length(value) >= PASSWORD.min && length(value) <= PASSWORD.max), {
      message: 'password_length',
    })
    .optional(),
});
export type NewRoom = z.infer<typeof newRoom>;

export const enterRoom = z.object({ password: password.refine((value) => length(value) <= PASSWORD.max) });

export const postChat = z.object({
  chat: z
    .unknown()
    .transform((value) => value ?? '')
    .pipe(chatText),
  clientId: clientId.optional(),
});

export const postImage = z.object({
  alt: text
    .transform((value) => value.replace(/\s+/gu, ' '))
    .refine((value) => length(value) <= ALT_MAX)
    .default(''),
  clientId: z.union([z.literal('').transform(() => undefined), clientId]).optional(),
});

const seq = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** GET /room/:id/chats. */
export const chatsQuery = z
  .object({ after: seq.optional(), before: seq.optional(), limit: seq.default(50) })
  .refine((query) => query.after === undefined || query.before === undefined)
  .transform((query) => ({ ...query, limit: Math.min(Math.max(query.limit, 1), PAGE_MAX) }));
export type ChatsQuery = z.infer<typeof chatsQuery>;

const searchText = z
  .string()
  .transform((value) =>
    Array.from(value.toWellFormed().replace(CONTROL, '').normalize('NFC').trim()).slice(0, QUERY_MAX).join(''),
  )
  .catch('');

/** GET /. Anything unusable counts as the first page, and a query is cut, not refused: it is a search box. */
export const listQuery = z.object({
  page: z
    .string()
    .regex(/^[1-9]\d{0,5}$/)
    .transform(Number)
    .catch(1),
  q: searchText,
});

/** `/chat` join: a room id alone, as the original sends it, or with the cursor. */
export const joinTarget = z.union([
  roomId.transform((room) => ({ room, after: undefined })),
  z.object({ room: roomId, after: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional() }),
]);

export const preferences = z.object({
  lang: z.enum(['ko', 'en']).optional(),
  theme: z.enum(['auto', 'light', 'dark']).optional(),
  back: z.string().max(2000).catch('/').default('/'),
});

export const CONSULT = { topic: 200, name: 40, note: 2000, line: 300, replyTitle: 60, password: 256 } as const;

const line = text.transform((value) => value.replace(/\s+/gu, ' '));
const atMost = (max: number) => (value: string) => length(value) <= max;
const isText = (value: unknown): value is string => typeof value === 'string';

/** `start-consult`: the topic, which seed 000's clients fill with an id of their own; nothing is a topic too. */
export const consultTopic = z
  .unknown()
  .transform((value) => value ?? '')
  .pipe(line.refine(atMost(CONSULT.topic), { message: 'topic_too_long' }));

export const sessionId = z.string().regex(/^[0-9a-f]{24}$/, { message: 'consult_not_found' });
const cursor = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();

/** `send-message`. Who sends is known from the session: a `sender` in it is not looked at. */
export const consultMessage = z.object({ sessionId, message: chatText, clientId: clientId.optional() });
export const consultTyping = z.object({ sessionId, on: z.boolean() });
export const resumeConsult = z
  .object({ sessionId: sessionId.optional(), after: cursor, before: cursor })
  .nullish()
  .transform((value) => value ?? { sessionId: undefined, after: undefined, before: undefined });
export const openConsult = z.object({ sessionId, after: cursor, before: cursor });
/** `list-ended`: the consultant's own midnight, in milliseconds. */
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

/** A form says `5`, a script 5. */
const stars = z
  .union([z.number(), z.enum(['1', '2', '3', '4', '5']).transform(Number)])
  .pipe(z.number().int().min(1).max(5));
export const consultRating = z.object({
  stars,
  line: line.refine(atMost(CONSULT.line), { message: 'chat_too_long' }).default(''),
});

/** A return code as people type it: case, spaces and dashes do not matter, and 0/O, 1/I/L are one. */
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

/** What stands for the site itself in a message; nobody may be called so. */
const RESERVED = new Set(['system', '시스템', 'admin', 'administrator', '관리자', '운영자']);
const MARKS = /\p{M}/gu;

/**
 * A name folded to what makes it that name: case, width (full and half), spacing and invisible characters do not.
 * Two names with one key are one name.
 */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC').replace(INVISIBLE, '');
}

/** A name in the lobby: one line, 2 to 20 characters that are seen. */
export const userName = text
  .transform((value) => value.replace(/\s+/gu, ' '))
  .refine((value) => length(value) >= NAME.min && length(value) <= NAME.max, { message: 'name_length' })
  .refine((value) => length(nameKey(value).replace(MARKS, '')) >= NAME.min, { message: 'name_length' })
  .refine((value) => !RESERVED.has(nameKey(value)), { message: 'name_invalid' });

const wholeNumber = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** A text alone stands for an object with it under this name: what is wrong with it is said by one rule. */
const alone = (field: string) => (value: unknown) => (isText(value) ? { [field]: value } : value);

/** `/lobby` join: a name alone, as in the contract, or with the cursor of a line that came back. */
export const lobbyJoin = z.preprocess(alone('name'), z.object({ name: userName, after: wholeNumber.optional() }));
export const lobbyName = z.object({ name: userName });
/** `/lobby` sendMessage: a text alone, or with a client id that makes a retry harmless. */
export const lobbySend = z.preprocess(alone('chat'), z.object({ chat: chatText, clientId: clientId.optional() }));

export const visitorId = z.string().regex(/^[0-9a-f]{32}$/);

/** POST /api/messages/send/:userId. */
export const postDirect = z.object({
  message: z
    .unknown()
    .transform((value) => value ?? '')
    .pipe(chatText),
  clientId: clientId.optional(),
});
export const readMark = z.object({ with: visitorId, upTo: wholeNumber });
export const readUpTo = z.object({ upTo: wholeNumber });
export const typingTo = z.object({ to: visitorId, on: z.boolean() });
/** A switch: JSON says true or false, a form on or off. */
export const switchTo = z.object({
  on: z.union([z.boolean(), z.enum(['on', 'off']).transform((value) => value === 'on')]),
});

/** GET /api/messages: the conversations after the one at which the last page ended. */
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

/** An id and two folded names: one character may fold to eighteen, and twenty of them are a name. */
const PLACE_MAX = 1_000;

/** GET /api/users: the people online after the one at which the last page ended, or those with `q` in their name. */
export const usersQuery = z.object({
  after: z
    .string()
    .max(PLACE_MAX)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), { message: 'bad_input' })
    .regex(/^[0-9a-f]{32}_/)
    .transform((value) => ({ id: value.slice(0, 32), key: value.slice(33) }))
    .optional(),
  q: searchText,
  limit: seq.default(PAGE_MAX).transform((limit) => Math.min(Math.max(limit, 1), PAGE_MAX)),
});

export type UsersQuery = z.output<typeof usersQuery>;

export const TOKEN_MAX = 64;
/** A frame of the raw gateway. */
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
  }),
  readMark.extend({ type: z.literal('read') }),
  typingTo.extend({ type: z.literal('typing') }),
  z.object({ type: z.literal('token') }),
]);
