/** Names of the lobby, each held by one visitor (the unique `key` decides), and the lobby's one stream. */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import type { LobbyMessageView, LobbyUserView } from './contract.js';
import { socketRefSchema } from '../people/socket-ref.js';
import { STRICT } from '../site/strict.js';

export const lobbyUserSchema = new Schema(
  {
    /** The visitor's id. */
    _id: { type: String, required: true },
    name: { type: String, required: true },
    /** The name folded: case, width and spacing do not make another name. */
    key: { type: String, required: true },
    color: { type: String, required: true },
    lang: { type: String, required: true },
    /** Has been announced as here, and not yet as gone. */
    online: { type: Boolean, required: true },
    sockets: { type: [socketRefSchema], required: true },
    /** While online: the end of the grace time or lease. While away: when the name is released. Null: a socket holds. */
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

export function lobbyUserView({ _id, name, color, online, lastSeen }: LobbyUser): LobbyUserView {
  return { id: _id, name, color, online, lastSeen: lastSeen.toISOString() };
}

export const LOBBY_EVENTS = ['joined', 'left', 'renamed'] as const;

export const lobbyChatSchema = new Schema(
  {
    seq: { type: Number, required: true },
    /** Who said it; of a system message: whom it is about. */
    author: {
      type: new Schema(
        {
          id: { type: String, required: true },
          name: { type: String, required: true },
          color: { type: String, required: true },
        },
        { ...STRICT, _id: false },
      ),
      required: true,
    },
    chat: { type: String, required: true },
    /** Set on system messages only. */
    event: { type: String, enum: LOBBY_EVENTS },
    clientId: { type: String },
    createdAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'lobbychats' },
);

lobbyChatSchema.index({ seq: 1 }, { unique: true });
lobbyChatSchema.index(
  { 'author.id': 1, clientId: 1 },
  { unique: true, partialFilterExpression: { clientId: { $exists: true } } },
);

export type LobbyChat = InferSchemaType<typeof lobbyChatSchema> & { _id: Types.ObjectId };

/** The only shape in which a message of the lobby leaves. */
export function lobbyMessageView({ _id, seq, author, chat, event, clientId, createdAt }: LobbyChat): LobbyMessageView {
  const view: LobbyMessageView = {
    _id: String(_id),
    seq,
    chat,
    user: event ? { id: null, name: 'system' } : { id: author.id, name: author.name },
    createdAt: createdAt.toISOString(),
  };
  if (event) {
    view.event = event;
    view.who = { id: author.id, color: author.color, name: author.name };
  } else {
    view.color = author.color;
    if (clientId) view.clientId = clientId;
  }
  return view;
}
