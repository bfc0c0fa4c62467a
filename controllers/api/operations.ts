/** Every route of /api/v1 as data: what it takes, by its validators, and what it answers, by the contract's types. */
import type { z } from 'zod';
import { type Schema } from '../../schemas/api/inputs.js';
import { newBot } from '../../schemas/rooms/bot-payloads.js';
import { chatsQuery, postChat, postImage } from '../../schemas/messages/payloads.js';
import { chatSearch, enterRoomByApi, newRoom, roomsQuery } from '../../schemas/rooms/payloads.js';
import type { ErrorCode } from '../../services/site/errors.js';

export interface Operation {
  id: string;
  summary: string;
  query?: z.ZodType;
  body?: { schema: z.ZodType; as?: 'json' | 'image' | 'text'; optional?: true };
  /** Nobody need be known. */
  open?: true;
  /** The status of the answer, and what is in it; null: nothing. */
  status: number;
  answer: Schema | null;
  refusals: readonly ErrorCode[];
}

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const object = (properties: Record<string, Schema>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});
const list = (items: Schema): Schema => ({ type: 'array', items });

const ROOM = { anyOf: [ref('RoomView'), ref('MemberRoomView')] };
const BOT = object({ id: { type: 'string' }, name: { type: 'string' } });
const DONE = object({ ok: { const: true } });
const GONE = ['room_not_found', 'room_closed'] as const;
/** Of what a message answers (`replyTo`). */
const ANSWERED = ['message_not_found', 'message_removed'] as const;
const SEATS = ['not_admitted', 'door_closed', 'banned', 'room_full', 'too_many_seats'] as const;

/** `METHOD /path`, as OpenAPI writes it -> what it is. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET /openapi.json': {
    id: 'getOpenApi',
    summary: 'This document',
    open: true,
    status: 200,
    answer: { type: 'object' },
    refusals: [],
  },
  'GET /asyncapi.json': {
    id: 'getAsyncApi',
    summary: 'The events of Socket.IO and the frames of /ws, as AsyncAPI 3',
    open: true,
    status: 200,
    answer: { type: 'object' },
    refusals: [],
  },
  'POST /visitors': {
    id: 'makeVisitor',
    summary: 'Make a visitor without a browser, and their token',
    open: true,
    status: 201,
    answer: object({ visitor: ref('Person'), token: { type: 'string' } }),
    refusals: [],
  },
  'GET /rooms': {
    id: 'listRooms',
    summary: 'List or search rooms, newest first',
    query: roomsQuery,
    status: 200,
    answer: object({ rooms: list(ref('RoomView')), next: { type: ['string', 'null'] } }),
    refusals: ['bad_input'],
  },
  'POST /rooms': {
    id: 'openRoom',
    summary: 'Open a room',
    body: { schema: newRoom },
    status: 201,
    answer: ref('RoomView'),
    refusals: [
      'title_required',
      'title_too_long',
      'max_out_of_range',
      'password_length',
      'too_many_rooms',
      'maintenance',
    ],
  },
  'GET /rooms/{id}': {
    id: 'getRoom',
    summary: 'Look at a room; its members see the roles, too',
    status: 200,
    answer: ROOM,
    refusals: GONE,
  },
  'DELETE /rooms/{id}': {
    id: 'closeRoom',
    summary: 'Close a room, for its host; answered when everything is erased',
    status: 200,
    answer: DONE,
    refusals: ['not_host', ...GONE],
  },
  'POST /rooms/{id}/enter': {
    id: 'enterRoom',
    summary: 'Enter a room',
    body: { schema: enterRoomByApi, optional: true },
    status: 200,
    answer: ROOM,
    refusals: [
      ...(['knocking', 'password_required', 'wrong_password', 'not_admitted', 'banned', 'door_closed'] as const),
      ...(['room_full', 'too_many_seats', 'too_many_tries', 'busy', ...GONE] as const),
    ],
  },
  'GET /rooms/{id}/people': {
    id: 'listPeople',
    summary: 'Who has a seat in a room',
    status: 200,
    answer: object({ people: list(ref('Person')) }),
    refusals: ['not_admitted', 'banned', ...GONE],
  },
  'DELETE /rooms/{id}/seat': {
    id: 'leaveRoom',
    summary: 'Leave a room on purpose, with every connection',
    status: 204,
    answer: null,
    refusals: GONE,
  },
  'GET /rooms/{id}/chats': {
    id: 'readMessages',
    summary: 'A page of messages, ascending',
    query: chatsQuery,
    status: 200,
    answer: object({ chats: list(ref('MessageView')), more: { type: 'boolean' } }),
    refusals: ['bad_input', 'not_admitted', 'banned', ...GONE],
  },
  'GET /rooms/{id}/search': {
    id: 'searchMessages',
    summary:
      'Messages that contain a text, newest first; `next` goes on as `before` where one answer did not walk all of them',
    query: chatSearch.omit({ at: true }),
    status: 200,
    answer: object({ chats: list(ref('MessageView')), next: { type: ['integer', 'null'] } }),
    refusals: ['bad_input', 'not_admitted', 'banned', ...GONE],
  },
  'POST /rooms/{id}/chats': {
    id: 'postText',
    summary: 'Post a text; a clientId makes a retry harmless',
    body: { schema: postChat },
    status: 200,
    answer: ref('MessageView'),
    refusals: ['chat_required', 'chat_too_long', 'not_host', 'slow_mode', ...ANSWERED, ...SEATS, ...GONE],
  },
  'GET /rooms/{id}/bots': {
    id: 'listBots',
    summary: 'The bots of a room, for its host',
    status: 200,
    answer: object({ bots: list(BOT) }),
    refusals: ['not_host', 'not_admitted', 'banned', ...GONE],
  },
  'POST /rooms/{id}/bots': {
    id: 'makeBot',
    summary: 'Make a bot of a room, for its host; the key is shown this once',
    body: { schema: newBot },
    status: 201,
    answer: object({ bot: BOT, key: { type: 'string' } }),
    refusals: ['name_required', 'name_too_long', 'not_host', 'not_admitted', 'banned', 'too_many_bots', ...GONE],
  },
  'DELETE /rooms/{id}/bots/{bot}': {
    id: 'removeBot',
    summary: 'Revoke the key of a bot, for the host of its room',
    status: 204,
    answer: null,
    refusals: ['not_host', 'not_admitted', 'banned', 'not_found', ...GONE],
  },
  'POST /hooks/{key}': {
    id: 'postByKey',
    summary: 'Post as a bot: a JSON object, or any other body as the text itself',
    body: { schema: postChat, as: 'text' },
    open: true,
    status: 200,
    answer: ref('MessageView'),
    refusals: ['chat_required', 'chat_too_long', 'not_found', ...ANSWERED],
  },
  'POST /rooms/{id}/gifs': {
    id: 'postPicture',
    summary: 'Post a picture: GIF, PNG, JPEG or WebP',
    body: { schema: postImage, as: 'image' },
    status: 200,
    answer: ref('MessageView'),
    refusals: [
      ...([
        'file_required',
        'upload_invalid',
        'not_host',
        'pictures_paused',
        'slow_mode',
        ...SEATS,
        'image_too_large',
        'image_unsupported',
        'image_broken',
      ] as const),
      ...(['image_too_complex', 'too_many_uploads', 'uploads_full', 'storage_full', ...GONE] as const),
    ],
  },
};
