/** Validators of what rooms receive, and the limits that they enforce. */
import { z } from 'zod';
import { postChat } from '../messages/payloads.js';
import { inputsOf, nothing } from '../site/inputs.js';
import {
  OBJECT_ID,
  PAGE_MAX,
  PASSWORD,
  length,
  password,
  searchText,
  seq,
  text,
  visible,
  wholeNumber,
} from '../site/text.js';
import type { ChatClientEvents, RoomClientEvents } from './contract.js';

export const TITLE_MAX = 100;

export const SEATS = { min: 2, max: 100, default: 10 } as const;

export const title = text
  .transform((value) => value.replace(/\s+/gu, ' '))
  .refine(visible, { message: 'title_required' })
  .refine((value) => length(value) <= TITLE_MAX, { message: 'title_too_long' });

const OUT_OF_RANGE = { error: 'max_out_of_range' };

export const seats = z
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

export const roomId = z.string().regex(OBJECT_ID);

/** A password to set; an empty one is none. */
export const newPassword = password.refine(
  (value) => value === '' || (length(value) >= PASSWORD.min && length(value) <= PASSWORD.max),
  { message: 'password_length' },
);

/** POST /room. An empty form field counts as not given. */
export const newRoom = z.object({
  title: z
    .unknown()
    .transform((value) => value ?? '')
    .pipe(title),
  max: z.union([z.literal('').transform(() => SEATS.default), seats], OUT_OF_RANGE).default(SEATS.default),
  password: newPassword.optional(),
});

export type NewRoom = z.infer<typeof newRoom>;

export const enterRoom = z.object({ password: password.refine((value) => length(value) <= PASSWORD.max) });

/** PUT /room/:id/people/:visitor/role. */
export const roleOfPerson = z.object({ role: z.enum(['host', 'helper', 'member']) });

/** A switch: a boolean, or a tick of a form. */
const tick = z.union([z.boolean(), z.enum(['on', 'true']).transform(() => true)]).default(false);

/** POST /room/:id/people/:visitor/remove. */
export const removal = z.object({ ban: tick, byAddress: tick, erase: tick });

/** POST /room/:id/knocks/:visitor. An empty `admit` of a form refuses; none is no answer. */
export const knockAnswer = z.object({
  admit: z
    .union([z.boolean(), z.enum(['on', 'true', 'false', ''])])
    .transform((value) => value === true || value === 'on' || value === 'true'),
});

/**
 * GET /. An invalid page number counts as 1, and a long query is cut: what somebody types into a search box is no
 * error.
 */
export const listQuery = z.object({
  page: z
    .string()
    .regex(/^[1-9]\d{0,5}$/)
    .transform(Number)
    .catch(1),
  q: searchText,
});

/** GET /room/:id/search. `before`: go on from there; `at`: the message that the page shows in its place. */
export const chatSearch = z.object({ q: searchText.default(''), before: seq.optional(), at: seq.optional() });

/** GET /api/v1/rooms: a page of the list. `cursor`: the time and id of the last room of the page before. */
export const roomsQuery = z.object({
  q: searchText.default(''),
  cursor: z
    .string()
    .regex(/^\d{1,15}_[0-9a-f]{24}$/)
    .transform((value) => {
      const [at = '', id = ''] = value.split('_');
      return { at: Number(at), id };
    })
    .optional(),
  limit: seq.default(50).transform((limit) => Math.min(Math.max(limit, 1), PAGE_MAX)),
});

export type RoomsQuery = z.output<typeof roomsQuery>;

/** POST /api/v1/rooms/:id/enter: a room without a password needs none. */
export const enterRoomByApi = enterRoom.partial();

/** What each client event of `/room` carries. */
export const listInputs = inputsOf<RoomClientEvents>()({ catchUp: z.object({ since: wholeNumber }) });

/** What each client event of `/chat` carries. */
export const chatInputs = inputsOf<ChatClientEvents>()({
  /** A room id alone, or with the cursors of a client that connects again, and whether it takes messages in batches. */
  join: z.union([
    roomId.transform((room) => ({ room, after: undefined, rev: undefined, batch: false })),
    z.object({
      room: roomId,
      after: wholeNumber.optional(),
      rev: wholeNumber.optional(),
      batch: z.boolean().default(false),
    }),
  ]),
  leave: nothing,
  typing: z.boolean(),
  /** A field that means nothing here would be lost in silence: it is refused. */
  post: z.strictObject({ ...postChat.shape, room: roomId }),
});
