/**
 * Direct messages. A conversation's id is its pair key, so that two visitors have one, whoever writes first. A message
 * has two numbers without gaps: `seq` in its conversation, `mail` among all that its receiver was ever sent. Unique
 * indexes give each number once, on however many nodes.
 */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import type { DirectView } from './contract.js';
import { actionFields, type Acting, actionsView, revIndex } from '../messages/actions.js';
import { imageSchema, imageView } from '../messages/image.js';
import { personFields } from '../people/snapshot.js';
import { STRICT } from '../site/strict.js';

/** The id of the conversation of two visitors: the same from both sides. */
export const pairKey = (one: string, other: string): string => [one, other].sort().join(':');

const member = new Schema(
  {
    ...personFields,
    /** The `seq` up to which this member has read. */
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
    /** The same two in the same order, with the names and colours that they had when the conversation began. */
    members: { type: [member], required: true },
    lastSeq: { type: Number, required: true },
    last: {
      type: new Schema(
        {
          from: { type: String, required: true },
          message: { type: String, required: true },
          /** It is a picture, and `message` what it shows. */
          gif: { type: Boolean },
        },
        { ...STRICT, _id: false },
      ),
      default: undefined,
    },
    lastAt: { type: Date, required: true },
    /**
     * `muted:<id>` and `blocks:<id>`: who mutes or blocks. `hidden:<id>`: who was blocked, and does not see the
     * conversation.
     */
    flags: { type: [String], default: [] },
    /** How many images, and bytes of images, it has; missing where it never had one. */
    images: { type: Number },
    imageBytes: { type: Number },
    /** When the sweep looks next whether both visits are over. */
    until: { type: Date, required: true },
    /** It is being erased. */
    ended: { type: Boolean, default: false },
  },
  { ...STRICT, collection: 'conversations' },
);

conversationSchema.index({ people: 1, lastAt: -1, _id: -1 });
conversationSchema.index({ flags: 1 });
conversationSchema.index({ until: 1 });
conversationSchema.index({ imageBytes: 1 }, { partialFilterExpression: { imageBytes: { $gt: 0 } } });

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
    /** Missing of a removed message, and of one that is a picture. */
    message: { type: String },
    gif: { type: imageSchema, default: undefined },
    clientId: { type: String },
    /** True until it was read; then there is no such field. */
    unread: { type: Boolean },
    ...actionFields,
    createdAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'directs' },
);

directSchema.index({ pair: 1, seq: 1 }, { unique: true });
directSchema.index(...revIndex('pair'));
directSchema.index({ 'gif.name': 1 }, { unique: true, partialFilterExpression: { 'gif.name': { $exists: true } } });
directSchema.index({ to: 1, mail: 1 }, { unique: true });
directSchema.index(
  { from: 1, to: 1, clientId: 1 },
  { unique: true, partialFilterExpression: { clientId: { $exists: true } } },
);
// Unread messages are counted in this index alone; read ones are not in it.
directSchema.index({ to: 1, unread: 1, from: 1, seq: 1 }, { partialFilterExpression: { unread: true } });

export type Direct = Acting<InferSchemaType<typeof directSchema>> & { _id: Types.ObjectId };

/** The public view of a direct message. */
export function directView(direct: Direct): DirectView {
  const { _id, seq, from, to, message, clientId, createdAt } = direct;
  const view: DirectView = {
    _id: String(_id),
    seq,
    senderId: from,
    receiverId: to,
    createdAt: createdAt.toISOString(),
    ...actionsView(direct),
  };
  if (direct.gif) view.gif = imageView(direct.gif);
  else if (!direct.removed) view.message = message ?? '';
  if (clientId) view.clientId = clientId;
  return view;
}
