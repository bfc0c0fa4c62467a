/**
 * THE socket contract: what travels on each namespace, typed once. The server, the tests and (through JSDoc) the
 * browser import it. Public views are declared here too, because they are what leaves: a document never does.
 */

/** A visitor as others may see them. `color` is `#rrggbb`; `id` is the identity, the colour never is. */
export interface Person {
  id: string;
  color: string;
  name: string;
}

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

/** An image inside a message. `url` is relative to the site's base and served to admitted visitors only. */
export interface ImageView {
  url: string;
  width: number;
  height: number;
  alt: string;
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

/** What came with an error: the code is stable, the message is for people. */
export interface ErrorView {
  code: string;
  message: string;
  /** Who was faster, where that is the reason. */
  by?: string;
}

export type Failure = { ok: false; error: ErrorView };
export type Ack<T extends object = object> = (answer: ({ ok: true } & T) | Failure) => void;

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

/** `/`: the site's pulse. */
export interface PulseServerEvents {
  news: (pulse: { rooms: number; people: number; at: string }) => void;
  /** To the visitor alone: unread direct messages, muted conversations left out. */
  unread: (count: number) => void;
}
export interface PulseClientEvents {
  reply: (anything: unknown, ack: Ack<{ at: string }>) => void;
}

/** A consultant as others may see them. */
export type ConsultantView = Person;

/** One consultation as its visitor sees it. */
export interface SessionView {
  sessionId: string;
  topic: string;
  state: 'waiting' | 'taken' | 'ended';
  consultant: ConsultantView | null;
  /** The newest message. */
  seq: number;
  rating: { stars: number; line: string } | null;
  endedBy: 'user' | 'consultant' | null;
  /** What happened, in order. */
  trail: ConsultStep[];
  createdAt: string;
  queuedAt: string;
  takenAt: string | null;
  endedAt: string | null;
}

export interface ConsultStep {
  at: string;
  what: 'started' | 'taken' | 'returned' | 'transferred' | 'ended';
  by?: string;
  why?: string;
}

/** The same as its consultant sees it. */
export interface DeskSessionView extends SessionView {
  visitor: Person;
  lang: string;
  /** The visitor has no page open now, and will read on return. */
  away: boolean;
  /** When an answer is overdue. */
  answerDue: string | null;
}

/** One line of the waiting list: consultants only. The first three fields are seed 000's. */
export interface WaitingView {
  sessionId: string;
  userId: string;
  createdAt: string;
  topic: string;
  visitor: Person;
  lang: string;
  /** Since when it has waited this time. */
  since: string;
  /** It came back from a consultant, and so stands in front. */
  returned: boolean;
  away: boolean;
}

/** One stored message of a consultation: seed 000's four fields, `seq` for the order, and what a page needs. */
export interface ConsultMessageView {
  _id: string;
  sessionId: string;
  seq: number;
  message: string;
  sender: 'user' | 'consultant';
  timestamp: string;
  author: Person;
  image?: ImageView;
  clientId?: string;
}

/** A consultant's note. Visitors never receive one. */
export interface NoteView {
  _id: string;
  sessionId: string;
  note: string;
  author: Person;
  createdAt: string;
}

export interface CannedReplyView {
  _id: string;
  title: string;
  text: string;
}

/** Where a waiting visitor stands. `estimateMs` is null while there is too little to go by. */
export interface QueueView {
  place: number;
  waiting: number;
  estimateMs: number | null;
  /** A consultant is signed in now. */
  staffed: boolean;
}

/** The desk at a glance, for consultants. */
export interface DeskView {
  waiting: number;
  consultants: (ConsultantView & { away: boolean; cases: number })[];
}

/** An ended consultation of today, for consultants. */
export interface EndedView {
  sessionId: string;
  topic: string;
  visitor: Person;
  consultant: ConsultantView | null;
  endedAt: string;
  rating: { stars: number; line: string } | null;
}

export type ReturnReason = 'line' | 'answer' | 'consultant' | 'signed-out';

/** `/consult`, for visitors; the consultants' part follows. */
export interface ConsultServerEvents {
  'session-created': (sessionId: string) => void;
  queue: (queue: QueueView) => void;
  'consultant-connected': (taken: { sessionId: string; consultant: ConsultantView }) => void;
  'receive-message': (message: ConsultMessageView) => void;
  'consult-returned': (returned: { sessionId: string; why: ReturnReason }) => void;
  'consult-transferred': (moved: { sessionId: string; consultant: ConsultantView }) => void;
  'consult-ended': (end: { sessionId: string; by: 'user' | 'consultant' }) => void;
  /** The return code was used in another browser: this one reads no further. */
  'consult-moved': (moved: { sessionId: string }) => void;
  'consult-typing': (typing: { sessionId: string; on: boolean }) => void;
  // Consultants only:
  'waiting-sessions': (list: WaitingView[]) => void;
  'sessions-updated': (list: WaitingView[]) => void;
  desk: (desk: DeskView) => void;
  'session-updated': (session: DeskSessionView) => void;
  'note-added': (note: NoteView) => void;
  'replies-updated': (replies: CannedReplyView[]) => void;
  'ended-updated': () => void;
}

/** Messages of a case, in order: after a cursor, before one, or, without either, the latest. */
export interface ConsultPage {
  messages: ConsultMessageView[];
  /** More was missed than `messages` holds: ask again after the last. */
  more: boolean;
  /** There are earlier ones than these: ask before the first. */
  older: boolean;
}

/** What a page needs after a reload or a dropped line. */
export interface ResumeAnswer extends ConsultPage {
  session: SessionView | null;
  queue: QueueView | null;
}

export interface OpenAnswer extends ConsultPage {
  session: DeskSessionView;
  notes: NoteView[];
}

export interface DeskAnswer {
  me: ConsultantView;
  mine: DeskSessionView[];
  waiting: WaitingView[];
  desk: DeskView;
  replies: CannedReplyView[];
}

export interface ConsultClientEvents {
  'start-consult': (topic?: string, ack?: Ack<{ sessionId: string; code: string | null }>) => void;
  'resume-consult': (from?: { sessionId?: string; after?: number; before?: number }, ack?: Ack<ResumeAnswer>) => void;
  'send-message': (
    draft: { sessionId: string; message: string; clientId?: string },
    ack?: Ack<{ message: ConsultMessageView }>,
  ) => void;
  'end-consult': (sessionId: string, ack?: Ack) => void;
  'consult-typing': (typing: { sessionId: string; on: boolean }) => void;
  // Consultants only:
  'get-waiting-sessions': (ack?: Ack) => void;
  'consultant-join': (sessionId: string, ack?: Ack<OpenAnswer>) => void;
  'resume-desk': (ack?: Ack<DeskAnswer>) => void;
  'open-consult': (from: { sessionId: string; after?: number; before?: number }, ack?: Ack<OpenAnswer>) => void;
  'return-consult': (sessionId: string, ack?: Ack) => void;
  'transfer-consult': (move: { sessionId: string; to: string }, ack?: Ack) => void;
  'add-note': (draft: { sessionId: string; note: string }, ack?: Ack<{ note: NoteView }>) => void;
  /** `since`: the consultant's own midnight, in milliseconds; a day back at the most. */
  'list-ended': (from?: { since: number } | null, ack?: Ack<{ ended: EndedView[] }>) => void;
  'save-reply': (reply: { id?: string; title: string; text: string }, ack?: Ack) => void;
  'remove-reply': (id: string, ack?: Ack) => void;
  'still-here': (ack?: Ack) => void;
}

/** Somebody who has a name in the lobby. `online` is false while they are away and the name is kept for them. */
export interface LobbyUserView extends Person {
  online: boolean;
  lastSeen: string;
}

/** One line of the lobby. System messages have `user.id` null; `event` and `who` let a page say them in its own words. */
export interface LobbyMessageView {
  _id: string;
  seq: number;
  chat: string;
  user: { id: string | null; name: string };
  color?: string;
  event?: 'joined' | 'left' | 'renamed';
  who?: Person;
  clientId?: string;
  createdAt: string;
}

/** `/lobby` join says `success` where other acknowledgements say `ok`; it says both. */
export type LobbyAnswer =
  | {
      ok: true;
      success: true;
      user: { id: string; name: string };
      seq: number;
      missed: LobbyMessageView[];
      more: boolean;
    }
  | { ok: false; success: false; error: ErrorView };

/** `/lobby`: one shared stream, and who is there. */
export interface LobbyServerEvents {
  message: (message: LobbyMessageView) => void;
  /** The newest state, at most twice a second. The list is cut at 200, the counts are whole. */
  users: (list: LobbyUserView[], counts: { here: number; away: number }) => void;
}
export interface LobbyClientEvents {
  join: (name: string | { name: string; after?: number }, ack?: (answer: LobbyAnswer) => void) => void;
  sendMessage: (text: string | { chat: string; clientId?: string }, ack?: Ack<{ message: LobbyMessageView }>) => void;
  leave: (ack?: Ack) => void;
}

/** One direct message. `seq` orders its conversation and has no gaps. */
export interface DirectView {
  _id: string;
  seq: number;
  senderId: string;
  receiverId: string;
  message: string;
  clientId?: string;
  createdAt: string;
}

/** Somebody to write to. `alias` is the name they go by in the lobby. */
export interface ContactView extends Person {
  alias?: string;
  online: boolean;
  lastSeen: string;
}

/** A conversation as one of its two people sees it. */
export interface ConversationView {
  with: ContactView;
  last: { senderId: string; message: string; seq: number; createdAt: string } | null;
  unread: number;
  /** What the reader, and the other, have read up to. */
  readUpTo: number;
  theirReadUpTo: number;
  muted: boolean;
  /** The reader has blocked the other. */
  blocked: boolean;
  /** The other's visit has ended: nothing more can be sent. */
  ended: boolean;
}

/** `/direct`: connecting puts the visitor online. Messages are sent by POST /api/messages/send/:userId. */
export interface DirectServerEvents {
  /** The newest state, at most twice a second. */
  getOnlineUsers: (ids: string[]) => void;
  newMessage: (message: DirectView) => void;
  /** `by` has read what `with` wrote, up to `upTo`. Both people's tabs hear it. */
  read: (mark: { by: string; with: string; upTo: number }) => void;
  typing: (state: { from: string; on: boolean }) => void;
  /** Something else about the conversation with this person changed (muted, blocked): read it again. */
  changed: (change: { with: string }) => void;
}
export interface DirectClientEvents {
  read: (mark: { with: string; upTo: number }, ack?: Ack) => void;
  typing: (state: { to: string; on: boolean }, ack?: Ack) => void;
}

/** Frames of the raw gateway at /ws: docs/gateway.md. */
export type ClientFrame =
  | { type: 'init'; token?: string; userId?: string; after?: number }
  | { type: 'chat'; toUserId: string; message: string; clientId?: string; fromUserId?: string }
  | { type: 'read'; with: string; upTo: number }
  | { type: 'typing'; to: string; on: boolean }
  | { type: 'token' };

export type ServerFrame =
  | { type: 'ready'; userId: string; name: string; online: string[]; after: number }
  | {
      type: 'chat';
      fromUserId: string;
      toUserId: string;
      message: string;
      timestamp: string;
      id: string;
      seq: number;
      mail: number;
    }
  | { type: 'sent'; clientId?: string; message: DirectView }
  | { type: 'notification'; message: string; clientId?: string; toUserId: string }
  | { type: 'online'; online: string[] }
  | { type: 'read'; by: string; with: string; upTo: number }
  | { type: 'typing'; from: string; on: boolean }
  | { type: 'token'; token: string; expiresAt: string }
  | { type: 'error'; code: string; message: string; clientId?: string };
