/** The lobby's users, each with a name that a unique `key` gives to one visitor, and its messages. */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import type { LobbyMessageView, LobbyUserView } from './contract.js';
import { personSnapshot } from '../people/snapshot.js';
import { socketRefSchema } from '../people/socket-ref.js';
import { actionFields, type Acting, actionsView, revIndex } from '../messages/actions.js';
import { imageSchema, imageView } from '../messages/image.js';
import { STRICT } from '../site/strict.js';

export const lobbyUserSchema = new Schema(
  {
    /** The visitor's id. */
    _id: { type: String, required: true },
    name: { type: String, required: true },
    /** What the name looks like: names that differ only in case, width, spacing or alphabet have one key. */
    key: { type: String, required: true },
    color: { type: String, required: true },
    lang: { type: String, required: true },
    /** Was announced as here, and not yet as gone. */
    online: { type: Boolean, required: true },
    sockets: { type: [socketRefSchema], required: true },
    /**
     * While online: when the user may leave once no socket is left; null since a socket joined. While away: when the
     * name is released.
     */
    until: { type: Date, default: null },
    lastSeen: { type: Date, required: true },
  },
  { ...STRICT, collection: 'lobbyusers' },
);

lobbyUserSchema.index({ key: 1 }, { unique: true });
lobbyUserSchema.index({ until: 1 });
lobbyUserSchema.index({ 'sockets.node': 1 });
lobbyUserSchema.index({ online: -1, lastSeen: -1 });

export type LobbyUser = InferSchemaType<typeof lobbyUserSchema>;

/** The public view of a user of the lobby. */
export function lobbyUserView({ _id, name, color, online, lastSeen }: LobbyUser): LobbyUserView {
  return { id: _id, name, color, online, lastSeen: lastSeen.toISOString() };
}

const LOBBY_EVENTS = ['joined', 'left', 'renamed'] as const;

export const lobbyChatSchema = new Schema(
  {
    seq: { type: Number, required: true },
    /** Who wrote it; of a system message: whom it is about. */
    author: { type: personSnapshot, required: true },
    /** Missing of a removed message, and of one that is a picture. */
    chat: { type: String },
    gif: { type: imageSchema, default: undefined },
    /** Set on system messages only. */
    event: { type: String, enum: LOBBY_EVENTS },
    clientId: { type: String },
    ...actionFields,
    createdAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'lobbychats' },
);

lobbyChatSchema.index({ seq: 1 }, { unique: true });
lobbyChatSchema.index(...revIndex());
lobbyChatSchema.index({ 'gif.name': 1 }, { unique: true, partialFilterExpression: { 'gif.name': { $exists: true } } });
lobbyChatSchema.index(
  { 'author.id': 1, clientId: 1 },
  { unique: true, partialFilterExpression: { clientId: { $exists: true } } },
);

export type LobbyChat = Acting<InferSchemaType<typeof lobbyChatSchema>> & { _id: Types.ObjectId };

/** The public view of a message of the lobby. */
export function lobbyMessageView(message: LobbyChat): LobbyMessageView {
  const { _id, seq, author, chat, event, clientId, createdAt } = message;
  const view: LobbyMessageView = {
    _id: String(_id),
    seq,
    user: event ? { id: null, name: 'system' } : { id: author.id, name: author.name },
    createdAt: createdAt.toISOString(),
    ...actionsView(message),
  };
  if (message.gif) view.gif = imageView(message.gif);
  else if (!message.removed) view.chat = chat ?? '';
  if (event) {
    view.event = event;
    view.who = { id: author.id, color: author.color, name: author.name };
  } else {
    view.color = author.color;
    if (clientId) view.clientId = clientId;
  }
  return view;
}
