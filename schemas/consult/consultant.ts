/**
 * Who works at the desk. A consultant is a name. A browser that signed in has a desk session, found by the hash of its
 * session id; each of its open pages has a socket. A consultant without a socket is away, and does not keep cases for
 * long.
 */
import { Schema, type InferSchemaType } from 'mongoose';
import type { Person } from '../people/contract.js';
import { socketRefSchema } from '../people/socket-ref.js';
import { STRICT } from '../site/strict.js';

/** Seconds after which a consultant who was not seen is deleted. */
const FORGOTTEN_AFTER = 30 * 24 * 3600;

export const consultantSchema = new Schema(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    /** What the name looks like: two names with one key are the same. */
    key: { type: String, required: true },
    color: { type: String, required: true },
    /** The desk session under this name, by the hash of its session id; null when there is none. */
    session: { type: String, default: null },
    /** Until when the name is reserved for who just signed in; null once their page has connected. */
    claimedUntil: { type: Date, default: null },
    sockets: { type: [socketRefSchema], required: true },
    /** Since when the consultant has had no socket; null while there is one. */
    awaySince: { type: Date, default: null },
    /** Renewed by the nodes of the sockets: if a node dies, this tells when. */
    seenAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'consultants' },
);

consultantSchema.index({ key: 1 }, { unique: true });
consultantSchema.index({ 'sockets.node': 1 });
consultantSchema.index({ seenAt: 1 }, { expireAfterSeconds: FORGOTTEN_AFTER });

export type Consultant = InferSchemaType<typeof consultantSchema>;

/** What others may see of a consultant. */
export const consultantPerson = ({ _id, name, color }: Consultant): Person => ({ id: _id, name, color });

export const deskSessionSchema = new Schema(
  {
    /** Hash of the session id. */
    _id: { type: String, required: true },
    consultant: { type: String, required: true },
    bornAt: { type: Date, required: true },
    /** The end: by default half an hour after the last use, and at the latest twelve hours after sign-in. */
    until: { type: Date, required: true },
  },
  { ...STRICT, collection: 'desksessions' },
);

deskSessionSchema.index({ consultant: 1 });
deskSessionSchema.index({ until: 1 });

export type DeskSession = InferSchemaType<typeof deskSessionSchema>;
