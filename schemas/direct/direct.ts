/**
 * Direct messages. A conversation's id is its pair key, so that two people have one, whoever writes first. A message is
 * numbered twice, without gaps: `seq` in its conversation, `mail` in what its receiver was ever sent. The unique indexes
 * give each number once, on however many nodes.
 */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import type { DirectView } from './contract.js';
import { STRICT } from '../site/strict.js';

/** The id of the conversation of two people: the same from both sides. */
export const pairKey = (one: string, other: string): string => [one, other].sort().join(':');

const member = new Schema(
  {
    id: { type: String, required: true },
    name: { type: String, required: true },
    color: { type: String, required: true },
    /** Everything up to this `seq` has been read by this member. */
    readUpTo: { type: Number, required: true },
  },
  { ...STRICT, _id: false },
);

export const conversationSchema = new Schema(
  {
    /** The pair key. */
    _id: { type: String, required: true },
    /** The two visitor ids, as in the pair key. */
    people: { type: [String], required: true },
    /** The same two, in the same order, as they were when it began. */
    members: { type: [member], required: true },
    lastSeq: { type: Number, required: true },
    last: {
      type: new Schema(
        { from: { type: String, required: true }, message: { type: String, required: true } },
        { ...STRICT, _id: false },
      ),
      default: undefined,
    },
    lastAt: { type: Date, required: true },
    /** `muted:<id>`, `blocks:<id>` and its other side, `hidden:<id>`: for them this conversation is not there. */
    flags: { type: [String], default: [] },
    /** Not looked at before this moment by the sweep that ends conversations. */
    until: { type: Date, required: true },
    /** Being erased. */
    ended: { type: Boolean, default: false },
  },
  { ...STRICT, collection: 'conversations' },
);

conversationSchema.index({ people: 1, lastAt: -1, _id: -1 });
conversationSchema.index({ flags: 1 });
conversationSchema.index({ until: 1 });

export type Conversation = InferSchemaType<typeof conversationSchema>;

export const mutedBy = (id: string): string => `muted:${id}`;
export const blockedBy = (id: string): string => `blocks:${id}`;
export const hiddenFrom = (id: string): string => `hidden:${id}`;

export const directSchema = new Schema(
  {
    pair: { type: String, required: true },
    seq: { type: Number, required: true },
    from: { type: String, required: true },
    to: { type: String, required: true },
    mail: { type: Number, required: true },
    message: { type: String, required: true },
    clientId: { type: String },
    /** There until it has been read. */
    unread: { type: Boolean },
    createdAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'directs' },
);

directSchema.index({ pair: 1, seq: 1 }, { unique: true });
directSchema.index({ to: 1, mail: 1 }, { unique: true });
directSchema.index(
  { from: 1, to: 1, clientId: 1 },
  { unique: true, partialFilterExpression: { clientId: { $exists: true } } },
);
// Unread counts are read from this index alone, and only what is unread is in it.
directSchema.index({ to: 1, unread: 1, from: 1, seq: 1 }, { partialFilterExpression: { unread: true } });

export type Direct = InferSchemaType<typeof directSchema> & { _id: Types.ObjectId };

/** The only shape in which a direct message leaves. */
export function directView({ _id, seq, from, to, message, clientId, createdAt }: Direct): DirectView {
  const view: DirectView = {
    _id: String(_id),
    seq,
    senderId: from,
    receiverId: to,
    message,
    createdAt: createdAt.toISOString(),
  };
  if (clientId) view.clientId = clientId;
  return view;
}
