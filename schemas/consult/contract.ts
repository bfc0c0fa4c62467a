/** The contract of the consultation desk: the namespace `/consult`, and the public views. */
import type { ImageView } from '../messages/contract.js';
import type { Person } from '../people/contract.js';
import type { Ack } from '../site/contract.js';

/** What others may see of a consultant. */
export type ConsultantView = Person;

/** One consultation as its visitor sees it. */
export interface SessionView {
  sessionId: string;
  topic: string;
  state: 'waiting' | 'taken' | 'ended';
  consultant: ConsultantView | null;
  /** The number of the newest message. */
  seq: number;
  rating: { stars: number; line: string } | null;
  endedBy: 'user' | 'consultant' | null;
  /** The steps of the consultation, in order. */
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

/** One consultation as its consultant sees it. */
export interface DeskSessionView extends SessionView {
  visitor: Person;
  lang: string;
  /** The visitor has no page open now. */
  away: boolean;
  /** Until when the consultant is to answer; null when nothing is unanswered. */
  answerDue: string | null;
}

/** One entry of the waiting list, for consultants only. */
export interface WaitingView {
  sessionId: string;
  userId: string;
  createdAt: string;
  topic: string;
  visitor: Person;
  lang: string;
  /** Since when it has waited this time. */
  since: string;
  /** It was returned by a consultant, and so comes before those that never left the queue. */
  returned: boolean;
  away: boolean;
}

/** One stored message of a consultation. `seq` gives the order. */
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

/** A visitor's position in the queue, from 1. `estimateMs` is null while too few takes tell how long it may take. */
export interface QueueView {
  place: number;
  waiting: number;
  estimateMs: number | null;
  /** A consultant is signed in now. */
  staffed: boolean;
}

/** How many wait, and who is at the desk: for consultants. */
export interface DeskView {
  waiting: number;
  consultants: (ConsultantView & { away: boolean; cases: number })[];
}

/** A consultation that ended lately, for consultants. */
export interface EndedView {
  sessionId: string;
  topic: string;
  visitor: Person;
  consultant: ConsultantView | null;
  endedAt: string;
  rating: { stars: number; line: string } | null;
}

export type ReturnReason = 'line' | 'answer' | 'consultant' | 'signed-out';

/** `/consult`: events for visitors, then those for consultants. */
export interface ConsultServerEvents {
  'session-created': (sessionId: string) => void;
  queue: (queue: QueueView) => void;
  'consultant-connected': (taken: { sessionId: string; consultant: ConsultantView }) => void;
  'receive-message': (message: ConsultMessageView) => void;
  'consult-returned': (returned: { sessionId: string; why: ReturnReason }) => void;
  'consult-transferred': (moved: { sessionId: string; consultant: ConsultantView }) => void;
  'consult-ended': (end: { sessionId: string; by: 'user' | 'consultant' }) => void;
  /** The return code was used in another browser: this one receives nothing more. */
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

/** Messages of a case, in order: those after a cursor, those before one, or, without a cursor, the latest. */
export interface ConsultPage {
  messages: ConsultMessageView[];
  /** There are later ones than these: ask again after the last. */
  more: boolean;
  /** There are earlier ones than these: ask before the first. */
  older: boolean;
}

/** What a page needs after a reload or a lost connection. */
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

/** `/consult`, what visitors may do, and consultants, too. */
export interface ConsultVisitorEvents {
  'start-consult': (topic?: string, ack?: Ack<{ sessionId: string; code: string | null }>) => void;
  'resume-consult': (from?: { sessionId?: string; after?: number; before?: number }, ack?: Ack<ResumeAnswer>) => void;
  'send-message': (
    draft: { sessionId: string; message: string; clientId?: string },
    ack?: Ack<{ message: ConsultMessageView }>,
  ) => void;
  'end-consult': (sessionId: string, ack?: Ack) => void;
  'consult-typing': (typing: { sessionId: string; on: boolean }) => void;
}

/** `/consult`, what consultants alone may do. */
export interface ConsultDeskEvents {
  'get-waiting-sessions': (ack?: Ack) => void;
  'consultant-join': (sessionId: string, ack?: Ack<OpenAnswer>) => void;
  'resume-desk': (ack?: Ack<DeskAnswer>) => void;
  'open-consult': (from: { sessionId: string; after?: number; before?: number }, ack?: Ack<OpenAnswer>) => void;
  'return-consult': (sessionId: string, ack?: Ack) => void;
  'transfer-consult': (move: { sessionId: string; to: string }, ack?: Ack) => void;
  'add-note': (draft: { sessionId: string; note: string }, ack?: Ack<{ note: NoteView }>) => void;
  /** `since`: midnight in the consultant's time zone, in milliseconds; at most a day ago. */
  'list-ended': (from?: { since: number } | null, ack?: Ack<{ ended: EndedView[] }>) => void;
  'save-reply': (reply: { id?: string; title: string; text: string }, ack?: Ack) => void;
  'remove-reply': (id: string, ack?: Ack) => void;
  'still-here': (ack?: Ack) => void;
}

export interface ConsultClientEvents extends ConsultVisitorEvents, ConsultDeskEvents {}
