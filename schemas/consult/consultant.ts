/**
 * Who works at the desk. A consultant is a name; each browser that signed in has a desk session, found by the hash of
 * its session id; each open page is a line. Without a line a consultant is away, and cases do not wait for the away.
 */
import { Schema, type InferSchemaType } from 'mongoose';
import { STRICT } from '../site/strict.js';

/** Seconds after which a name that nobody used is free of its past. */
const FORGOTTEN_AFTER = 30 * 24 * 3600;

export const consultantSchema = new Schema(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    /** The name folded: what makes two names the same. */
    key: { type: String, required: true },
    color: { type: String, required: true },
    /** The desk session that works under this name now, by the hash of its id; null when nobody does. */
    session: { type: String, default: null },
    /** Until when the name waits for the first line of who just signed in; null once it has come. */
    claimedUntil: { type: Date, default: null },
    sockets: {
      type: [new Schema({ node: { type: String }, socket: { type: String } }, { ...STRICT, _id: false })],
      required: true,
    },
    /** Since when there has been no line; null while there is one. */
    awaySince: { type: Date, default: null },
    /** Kept fresh by the node that holds the lines: when it stops, this says when. */
    seenAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'consultants' },
);

consultantSchema.index({ key: 1 }, { unique: true });
consultantSchema.index({ 'sockets.node': 1 });
consultantSchema.index({ seenAt: 1 }, { expireAfterSeconds: FORGOTTEN_AFTER });

export type Consultant = InferSchemaType<typeof consultantSchema>;

export const deskSessionSchema = new Schema(
  {
    /** Hash of the session id. */
    _id: { type: String, required: true },
    consultant: { type: String, required: true },
    bornAt: { type: Date, required: true },
    /** The end: half an hour after the last thing done, twelve hours after sign-in at the latest. */
    until: { type: Date, required: true },
  },
  { ...STRICT, collection: 'desksessions' },
);

deskSessionSchema.index({ consultant: 1 });
deskSessionSchema.index({ until: 1 });

export type DeskSession = InferSchemaType<typeof deskSessionSchema>;
