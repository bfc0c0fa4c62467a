/**
 * One consultation: its visitor, its consultant, its position in the queue. `open` is true while it waits or is taken;
 * a unique index allows each visitor one that is. Rights are conditions of every write: `visitor` of a visitor's,
 * `consultant.id` of a consultant's.
 */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import type { ConsultantView, DeskSessionView, SessionView, WaitingView } from './contract.js';
import { STRICT } from '../site/strict.js';

/** Steps of a case that are stored, the latest ones. */
export const TRAIL_MAX = 50;

const consultantSchema = new Schema(
  {
    id: { type: String, required: true },
    name: { type: String, required: true },
    color: { type: String, required: true },
  },
  { ...STRICT, _id: false },
);

const ratingSchema = new Schema(
  { stars: { type: Number, required: true }, line: { type: String, default: '' }, at: { type: Date, required: true } },
  { ...STRICT, _id: false },
);

const stepSchema = new Schema(
  {
    at: { type: Date, required: true },
    what: { type: String, enum: ['started', 'taken', 'returned', 'transferred', 'ended'], required: true },
    /** The name of the consultant it is about; none for a step of the visitor's. */
    by: { type: String },
    why: { type: String },
  },
  { ...STRICT, _id: false },
);

export const caseSchema = new Schema(
  {
    visitor: { type: String, required: true },
    name: { type: String, required: true },
    color: { type: String, required: true },
    lang: { type: String, required: true },
    topic: { type: String, default: '' },
    state: { type: String, enum: ['waiting', 'taken', 'ended'], required: true },
    open: { type: Boolean },
    /** Order in the queue, in milliseconds, the smallest first; negative for cases that were returned. */
    order: { type: Number, required: true },
    consultant: { type: consultantSchema, default: null },
    /** Grows with every step, so that a write that was decided on an older state is refused. */
    turn: { type: Number, required: true },
    /** The newest number of its messages, noted after each was stored. */
    lastSeq: { type: Number, required: true },
    images: { type: Number, required: true },
    imageBytes: { type: Number, required: true },
    /** Since when the visitor has had no page open; null while there is one. */
    visitorAway: { type: Date, default: null },
    /** Until when a visitor without a socket is here: extended by each look at the messages and by each message. */
    hereUntil: { type: Date },
    /** The node of the visitor's latest connection: if it dies, it cannot note that the visitor is away. */
    hereOn: { type: String },
    /** Until when the consultant is to answer: set by the take and by the visitor's first unanswered message. */
    answerDue: { type: Date },
    /** The hash of the return code. Selected only by name. */
    codeHash: { type: String, select: false },
    rating: { type: ratingSchema, default: null },
    endedBy: { type: String, enum: ['user', 'consultant'] },
    trail: { type: [stepSchema], required: true },
    createdAt: { type: Date, required: true },
    /** Since when it has been this visitor's: since the start, or since a return code was used. */
    hereSince: { type: Date, required: true },
    /** Since when it has waited this time. */
    queuedAt: { type: Date, required: true },
    takenAt: { type: Date },
    endedAt: { type: Date },
    activeAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    /** Until when all its messages and notes are stored: extended when the case goes on for long. */
    keptUntil: { type: Date, required: true },
  },
  { ...STRICT, collection: 'cases' },
);

caseSchema.index({ imageBytes: 1 }, { partialFilterExpression: { imageBytes: { $gt: 0 } } });
caseSchema.index({ visitor: 1 }, { unique: true, partialFilterExpression: { open: true } });
caseSchema.index({ visitor: 1, open: -1, hereSince: -1 });
caseSchema.index({ state: 1, order: 1, _id: 1 });
caseSchema.index({ state: 1, answerDue: 1 });
caseSchema.index({ 'consultant.id': 1, state: 1 });
caseSchema.index({ hereUntil: 1 }, { sparse: true });
caseSchema.index({ takenAt: -1 });
caseSchema.index({ endedAt: -1 });
caseSchema.index({ codeHash: 1 }, { unique: true, partialFilterExpression: { codeHash: { $exists: true } } });
caseSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export type Case = InferSchemaType<typeof caseSchema> & { _id: Types.ObjectId };

/** What visitors and other consultants may see of a consultant. */
export const consultantView = ({ id, name, color }: ConsultantView): ConsultantView => ({ id, name, color });

/** The view of a case for its visitor. */
export function sessionView(found: Case): SessionView {
  return {
    sessionId: String(found._id),
    topic: found.topic,
    state: found.state,
    consultant: found.consultant ? consultantView(found.consultant) : null,
    seq: found.lastSeq,
    rating: found.rating ? { stars: found.rating.stars, line: found.rating.line } : null,
    endedBy: found.endedBy ?? null,
    trail: found.trail.map(({ at, what, by, why }) => ({
      at: at.toISOString(),
      what,
      ...(by && { by }),
      ...(why && { why }),
    })),
    createdAt: found.createdAt.toISOString(),
    queuedAt: found.queuedAt.toISOString(),
    takenAt: found.takenAt?.toISOString() ?? null,
    endedAt: found.endedAt?.toISOString() ?? null,
  };
}

/** The view of a case for the consultant who has it. */
export function deskSessionView(found: Case): DeskSessionView {
  return {
    ...sessionView(found),
    visitor: { id: found.visitor, name: found.name, color: found.color },
    lang: found.lang,
    away: Boolean(found.visitorAway),
    answerDue: found.answerDue?.toISOString() ?? null,
  };
}

/** The entry of a case in the waiting list, for consultants only. */
export function waitingView(
  found: Pick<
    Case,
    '_id' | 'visitor' | 'name' | 'color' | 'lang' | 'topic' | 'createdAt' | 'queuedAt' | 'order' | 'visitorAway'
  >,
): WaitingView {
  return {
    sessionId: String(found._id),
    userId: found.visitor,
    createdAt: found.createdAt.toISOString(),
    topic: found.topic,
    visitor: { id: found.visitor, name: found.name, color: found.color },
    lang: found.lang,
    since: found.queuedAt.toISOString(),
    returned: found.order < 0,
    away: Boolean(found.visitorAway),
  };
}
