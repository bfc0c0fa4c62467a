/**
 * One consultation: whose it is, who has it, where it stands in the queue. `open` is true while it waits or is taken;
 * a unique index on it keeps a visitor to one at a time. Rights are conditions of every write: `visitor` for the
 * visitor's, `consultant.id` for the consultant's.
 */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import type { ConsultantView, DeskSessionView, SessionView, WaitingView } from './contract.js';
import { STRICT } from '../site/strict.js';

/** Steps of a case that are kept; a case handed round for ever forgets its oldest. */
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
    /** Name of the consultant it is about; none when the visitor did it. */
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
    /** Place in the queue: milliseconds, the smallest first; what came back stands before all that never left. */
    order: { type: Number, required: true },
    consultant: { type: consultantSchema, default: null },
    /** Goes up with every change of hands, so that who decides on an old view of the case loses. */
    turn: { type: Number, required: true },
    lastSeq: { type: Number, required: true },
    images: { type: Number, required: true },
    imageBytes: { type: Number, required: true },
    /** Since when the visitor has had no line; null while there is one. */
    visitorAway: { type: Date, default: null },
    /** The node that the visitor's latest line came to: when it dies, nobody else says that the line is gone. */
    hereOn: { type: String },
    /** When an answer is overdue: set by the take and by the visitor's first unanswered message. */
    answerDue: { type: Date },
    /** Hash of the return code. Not selected unless asked for by name. */
    codeHash: { type: String, select: false },
    rating: { type: ratingSchema, default: null },
    endedBy: { type: String, enum: ['user', 'consultant'] },
    trail: { type: [stepSchema], required: true },
    createdAt: { type: Date, required: true },
    /** Since when this visitor's browser has had it: since the start, or since a return code brought it there. */
    hereSince: { type: Date, required: true },
    /** Since when it has waited this time. */
    queuedAt: { type: Date, required: true },
    takenAt: { type: Date },
    endedAt: { type: Date },
    activeAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    /** The earliest end of its messages and notes, which is moved along when the case goes on for long. */
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
caseSchema.index({ takenAt: -1 });
caseSchema.index({ endedAt: -1 });
caseSchema.index({ codeHash: 1 }, { unique: true, partialFilterExpression: { codeHash: { $exists: true } } });
caseSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export type Case = InferSchemaType<typeof caseSchema> & { _id: Types.ObjectId };

/** A consultant as a visitor and other consultants may see them. */
export const consultantView = ({ id, name, color }: ConsultantView): ConsultantView => ({ id, name, color });

/** The case as its own visitor sees it; nothing in it is about anybody else. */
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

/** The same for the consultant who has it. */
export function deskSessionView(found: Case): DeskSessionView {
  return {
    ...sessionView(found),
    visitor: { id: found.visitor, name: found.name, color: found.color },
    lang: found.lang,
    away: Boolean(found.visitorAway),
    answerDue: found.answerDue?.toISOString() ?? null,
  };
}

/** One line of the waiting list, for consultants only. */
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
