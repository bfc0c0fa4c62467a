/** The contract of rooms: the namespaces `/room` and `/chat`, and the public views of rooms and their messages. */
import type { ActionsView, ChangesView, ImageView } from '../messages/contract.js';
import type { Person } from '../people/contract.js';
import type { Ack } from '../site/contract.js';

/** One room of the list. `people` is the number of visitors present, `max` the number of seats. `owner` is the host. */
export interface RoomView {
  _id: string;
  title: string;
  max: number;
  owner: string;
  locked: boolean;
  people: number;
  /** Seconds between two posts of one person; 0 for no limit. Hosts and helpers are exempt. */
  slow: number;
  /** Nobody new may enter. */
  closedDoor: boolean;
  /** Who wants to enter asks first, and a host or helper admits them. */
  approval: boolean;
  /** The list shows it; else only who has the link finds it. */
  listed: boolean;
  /** When an empty room closes unless somebody comes back; null while somebody is there. */
  emptyUntil: string | null;
  createdAt: string;
}

/** Visitor id -> role. Members are absent. */
export type Roles = Record<string, 'host' | 'helper'>;

/** A room as its members see it. */
export interface MemberRoomView extends RoomView {
  roles: Roles;
  /** The announcement at the top. */
  pinned: MessageView | null;
  /** Who has raised a hand, in this order. */
  hands: Person[];
  /** Only the host and helpers may write. */
  hostsOnly: boolean;
  /** Nobody but the host and helpers may post pictures. */
  picturesPaused: boolean;
  /** What those in charge did that matters also to who comes later, the latest last. */
  notices: NoticeView[];
}

/**
 * Everything up to the message of the number `upTo` was erased: those that were not removed before are now, by `host`. Their
 * changes have the numbers above `since`, up to `rev`.
 */
export interface ErasedView {
  room: string;
  upTo: number;
  since: number;
  rev: number;
}

/** What those in charge of a room did. Of these, `transcript` and `erased` are told to who comes later, too. */
export type NoticeKind =
  /** The host took a transcript of the conversation. */
  | 'transcript'
  /** Everything that was said so far was erased. */
  | 'erased'
  /** Messages of others were removed: `count`. */
  | 'messages_removed'
  | 'pinned'
  | 'title'
  /** There are `count` seats now. */
  | 'seats'
  | 'password_set'
  | 'password_dropped'
  | 'door_closed'
  | 'door_open'
  | 'approval'
  | 'approval_off'
  | 'listed'
  | 'unlisted'
  /** Slow mode: `count` seconds between two posts of one person. */
  | 'slow'
  | 'slow_off'
  | 'hosts_only'
  | 'everybody_writes'
  | 'pictures_paused'
  | 'pictures_free';

/** One quiet line about what those in charge did. */
export interface NoticeView {
  what: NoticeKind;
  count?: number;
  at: string;
}

/** One stored message. `seq` gives the order in the room; `user` is the author's colour. */
export interface MessageView extends ActionsView {
  _id: string;
  room: string;
  seq: number;
  user: string;
  author: { id: string; name: string };
  chat?: string;
  gif?: ImageView;
  /** The file name of the image, for simple clients. */
  gifName?: string;
  /** It asks something; `chat` is the question, for simple clients. */
  poll?: PollView;
  clientId?: string;
  createdAt: string;
}

/** A poll as it stands. `voters`, in the order of their first votes, only where the poll is `named`. */
export interface PollView {
  question: string;
  options: { text: string; votes: number; voters?: Person[] }[];
  /** Several options may be chosen. */
  multiple: boolean;
  named: boolean;
  /** Null while it is open. */
  endedAt: string | null;
}

/** `/room`: the live room list. */
export interface RoomServerEvents {
  newRoom: (room: RoomView) => void;
  updateRoom: (room: RoomView) => void;
  removeRoom: (id: string) => void;
}

export interface RoomClientEvents {
  /**
   * Be told again what changed since this moment (milliseconds since the epoch, by the site's clock), by the events above.
   * `complete`: nothing is missing now; else load the list again.
   */
  catchUp: (from: { since: number }, ack?: Ack<{ complete: boolean }>) => void;
}

/**
 * The acknowledgement of `join`: who is here, the newest `seq`, what was missed since `after`, and what was changed since
 * `rev`, in order.
 */
export interface JoinAnswer extends ChangesView<MessageView> {
  /** The room's id, as in every payload: only the list's events carry the whole view. */
  room: string;
  seq: number;
  missed: MessageView[];
  /** How many visitors are present, with the one who joined. */
  people: number;
  /** Those visitors, in the order in which they took their seats. `shift`: how many steps the face is shifted. */
  members: (Person & { shift: number })[];
  /** The host, and the helpers, present or not. */
  roles: Roles;
  /** Who has raised a hand, in this order. */
  hands: Person[];
  /** Who asks to be let in: for the host and helpers, where the host is asked (`approval`). */
  knocks?: Person[];
  /** How many messages and people are reported, if any: for the host and helpers, who are told of changes by `reports`. */
  reports?: number;
  /** As in the members' view of a room. */
  notices: NoticeView[];
  /** More was missed than is in `missed`: read on with GET /room/:id/chats?after=. */
  more: boolean;
}

/** Somebody came or went. `chat` is a sentence for simple clients; `who` is for clients with words of their own. */
export interface PresenceView {
  user: 'system';
  chat: string;
  who: Person;
  people: number;
  /** Only of a `join` that tells of several at once: who came in before `who`, in this order. */
  others?: Person[];
  /** Only of an `exit`: they did not leave by themselves. */
  reason?: RemovalReason;
}

/** Somebody who is kept out of a room. */
export interface BanView {
  _id: string;
  person: Person;
  /** Everybody behind the same address is kept out, too. */
  byAddress: boolean;
  createdAt: string;
}

/** A message or a person that people inside have reported to those in charge. */
export interface ReportView {
  /** The id of the message, or of the person. */
  target: string;
  /** Who is reported: the message's author. */
  person: Person;
  /** The message as it is now; null where the person is reported. */
  chat: MessageView | null;
  /** By how many. */
  count: number;
  /** Their reasons, the first ten. */
  whys: string[];
  /** When it was reported first. */
  createdAt: string;
}

/** How somebody was made to leave. */
export type RemovalReason = 'removed' | 'banned';

export type CloseReason = 'owner' | 'empty' | 'admin';

/** `/chat`: the conversation of a room. */
export interface ChatServerEvents {
  join: (presence: PresenceView) => void;
  exit: (presence: PresenceView) => void;
  chat: (message: MessageView) => void;
  /** Instead of `chat`, for sockets that joined with `batch`: one message or more, in order. */
  chats: (messages: MessageView[]) => void;
  /** A message is not any more what it was: as it is now. */
  chatChanged: (message: MessageView) => void;
  /** To those in charge: how many messages and people are reported. */
  reports: (reported: { room: string; count: number }) => void;
  /** Everything so far was erased. Of the newest 100 messages `chatChanged` follows, for clients that know only that. */
  erased: (erased: ErasedView) => void;
  typing: (state: { who: Person; on: boolean }) => void;
  /** `removed` and `banned` are told to those only who were. */
  closed: (end: { room: string; reason: CloseReason | RemovalReason }) => void;
  /** The host has changed, or the helpers: all of them now. */
  roles: (roles: Roles) => void;
  /** Who has raised a hand, in this order. */
  hands: (hands: Person[]) => void;
  /** Who asks to be let in, in this order: told to the host and helpers. */
  knocks: (people: Person[]) => void;
  /** Told to those who knocked, whether their sockets joined a room or not. */
  admitted: (answer: { room: string }) => void;
  refused: (answer: { room: string }) => void;
  /** The host has changed the room: its title, its seats, its rules. */
  room: (room: MemberRoomView) => void;
  /** Those in charge did something that is told in one quiet line. */
  notice: (notice: NoticeView & { room: string }) => void;
}

export interface ChatClientEvents {
  join: (
    target: string | { room: string; after?: number; rev?: number; batch?: boolean },
    ack?: Ack<JoinAnswer>,
  ) => void;
  leave: (ack?: Ack) => void;
  typing: (on: boolean) => void;
  /** The same as POST /room/:id/chat, for a socket that has joined the room. */
  post: (
    post: { room: string; chat: string; clientId?: string; replyTo?: string },
    ack?: Ack<{ message: MessageView }>,
  ) => void;
}

/** Frames of the raw gateway about rooms: docs/gateway.md. */
export type RoomClientFrame =
  | { type: 'join'; room: string; after?: number }
  | { type: 'post'; room: string; chat: string; clientId?: string; replyTo?: string }
  | { type: 'leave'; room: string };

export type RoomServerFrame =
  /** `missed`: what came after `after`, in order. `more`: there is more of it than this; read on over HTTP. */
  | { type: 'joined'; room: string; seq: number; missed: MessageView[]; more: boolean; people: number }
  | { type: 'posted'; message: MessageView; clientId?: string }
  /** A message of a joined room, each once and in order, one's own as well. */
  | { type: 'room'; message: MessageView }
  /** The room has ended, or one is in it no more. */
  | { type: 'closed'; room: string; reason: string };
