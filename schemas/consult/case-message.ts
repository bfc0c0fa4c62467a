/** Messages of consultations, and consultants' notes: two collections, so that no query for messages finds a note. */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import type { ConsultMessageView, NoteView } from './contract.js';
import { imageSchema, imageView } from '../messages/image.js';
import { STRICT } from '../site/strict.js';

const authorSchema = new Schema(
  {
    id: { type: String, required: true },
    name: { type: String, required: true },
    color: { type: String, required: true },
  },
  { ...STRICT, _id: false },
);

export const caseMessageSchema = new Schema(
  {
    case: { type: String, required: true },
    seq: { type: Number, required: true },
    sender: { type: String, enum: ['user', 'consultant'], required: true },
    author: { type: authorSchema, required: true },
    text: { type: String, default: '' },
    image: { type: imageSchema, default: undefined },
    clientId: { type: String },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'casemessages' },
);

caseMessageSchema.index({ case: 1, seq: 1 }, { unique: true });
caseMessageSchema.index(
  { case: 1, 'author.id': 1, clientId: 1 },
  { unique: true, partialFilterExpression: { clientId: { $exists: true } } },
);
caseMessageSchema.index(
  { 'image.name': 1 },
  { unique: true, partialFilterExpression: { 'image.name': { $exists: true } } },
);
caseMessageSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export type CaseMessage = InferSchemaType<typeof caseMessageSchema> & { _id: Types.ObjectId };

export const caseNoteSchema = new Schema(
  {
    case: { type: String, required: true },
    author: { type: authorSchema, required: true },
    text: { type: String, required: true },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'casenotes' },
);

caseNoteSchema.index({ case: 1, createdAt: 1 });
caseNoteSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export type CaseNote = InferSchemaType<typeof caseNoteSchema> & { _id: Types.ObjectId };

/** The public view of a message of a consultation. */
export function consultMessageView(message: CaseMessage): ConsultMessageView {
  const { image } = message;
  return {
    _id: String(message._id),
    sessionId: message.case,
    seq: message.seq,
    message: image ? image.alt : message.text,
    sender: message.sender,
    timestamp: message.createdAt.toISOString(),
    author: { id: message.author.id, name: message.author.name, color: message.author.color },
    ...(image && {
      image: imageView(image),
    }),
    ...(message.clientId && { clientId: message.clientId }),
  };
}

/** The view of a note, for consultants only. */
export function noteView(note: CaseNote): NoteView {
  return {
    _id: String(note._id),
    sessionId: note.case,
    note: note.text,
    author: { id: note.author.id, name: note.author.name, color: note.author.color },
    createdAt: note.createdAt.toISOString(),
  };
}
