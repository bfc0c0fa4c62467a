/**
 * One message of a room. `seq` gives the order; `clientId`, unique for its author in a room, makes a retry harmless.
 */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import type { MessageView } from './contract.js';
import { personFields } from '../people/snapshot.js';
import { actionFields, type Acting, actionsView, revIndex, withMine } from '../messages/actions.js';
import { imageSchema, imageView } from '../messages/image.js';
import { type Poll, pollSchema, pollView } from './poll.js';
import { STRICT } from '../site/strict.js';

export const chatSchema = new Schema(
  {
    room: { type: String, required: true },
    seq: { type: Number, required: true },
    author: {
      type: new Schema(
        {
          ...personFields,
          /** How many steps the face was shifted in this room, so that it differed from the others. */
          shift: { type: Number, default: 0 },
        },
        { ...STRICT, _id: false },
      ),
      required: true,
    },
    chat: { type: String },
    gif: { type: imageSchema, default: undefined },
    poll: { type: pollSchema, default: undefined },
    clientId: { type: String },
    ...actionFields,
    createdAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'chats' },
);

chatSchema.index({ room: 1, seq: 1 }, { unique: true });
chatSchema.index(...revIndex('room'));
chatSchema.index(
  { room: 1, 'author.id': 1, clientId: 1 },
  { unique: true, partialFilterExpression: { clientId: { $exists: true } } },
);
chatSchema.index({ 'gif.name': 1 }, { unique: true, partialFilterExpression: { 'gif.name': { $exists: true } } });

export type Chat = Acting<Omit<InferSchemaType<typeof chatSchema>, 'poll'>> & { _id: Types.ObjectId; poll?: Poll };

/** A message as a page shows it to one visitor, with what they chose in its poll. */
export function messageFor(chat: Chat, visitor: string) {
  const [view = messageView(chat)] = withMine([messageView(chat)], [chat], visitor);
  return view.poll ? { ...view, poll: { ...view.poll, mine: chat.poll?.votes[visitor]?.options ?? [] } } : view;
}

/** The public view of a message of a room. */
export function messageView(chat: Chat): MessageView {
  const view: MessageView = {
    _id: String(chat._id),
    room: chat.room,
    seq: chat.seq,
    user: chat.author.color,
    author: { id: chat.author.id, name: chat.author.name },
    createdAt: chat.createdAt.toISOString(),
    ...actionsView(chat),
  };
  if (chat.gif) {
    view.gif = imageView(chat.gif);
    view.gifName = chat.gif.name;
  } else if (!chat.removed) {
    view.chat = chat.chat ?? '';
  }
  if (chat.poll) view.poll = pollView(chat.poll);
  if (chat.clientId) view.clientId = chat.clientId;
  return view;
}
