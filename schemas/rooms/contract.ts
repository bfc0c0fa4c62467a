/** The socket contract of rooms: `/room` and `/chat`, and the public views of rooms and their messages. */
import type { ImageView } from '../messages/contract.js';
import type { Person } from '../people/contract.js';
import type { Ack } from '../site/contract.js';

/** One room as the list shows it. `people` counts distinct visitors present, `max` the seats. */
export interface RoomView {
  _id: string;
  title: string;
  max: number;
  owner: string;
  locked: boolean;
  people: number;
  createdAt: string;
}

/** One stored message. `seq` orders the room; `user` is the author's colour (the original's field). */
export interface MessageView {
  _id: string;
  room: string;
  seq: number;
  user: string;
  author: { id: string; name: string };
  chat?: string;
  gif?: ImageView;
  /** File name of the image, for clients written against the original. */
  gifName?: string;
  clientId?: string;
  createdAt: string;
}

/** `/room`: the live room list. */
export interface RoomServerEvents {
  newRoom: (room: RoomView) => void;
  updateRoom: (room: RoomView) => void;
  removeRoom: (id: string) => void;
}

export type RoomClientEvents = Record<string, never>;

/** `join` acknowledgement: the head count, the newest `seq`, and what was missed since `after`, in order. */
export interface JoinAnswer {
  /** The room's id, as everywhere in a payload: `room` names, only the list events carry the whole view. */
  room: string;
  seq: number;
  missed: MessageView[];
  /** Visitors present, the joiner included. */
  people: number;
  /** Those visitors, in the order in which they took their seats; `shift` tells their faces apart. */
  members: (Person & { shift: number })[];
  /** More was missed than `missed` holds: read on with GET /room/:id/chats?after=. */
  more: boolean;
}

/** Somebody came or went. `chat` is a ready sentence for simple clients; `who` is for those that write their own. */
export interface PresenceView {
  user: 'system';
  chat: string;
  who: Person;
  people: number;
}

export type CloseReason = 'owner' | 'empty';

/** `/chat`: one room's conversation. */
export interface ChatServerEvents {
  join: (presence: PresenceView) => void;
  exit: (presence: PresenceView) => void;
  chat: (message: MessageView) => void;
  typing: (state: { who: Person; on: boolean }) => void;
  closed: (end: { room: string; reason: CloseReason }) => void;
}

export interface ChatClientEvents {
  join: (target: string | { room: string; after?: number }, ack?: Ack<JoinAnswer>) => void;
  leave: (ack?: Ack) => void;
  typing: (on: boolean) => void;
}
