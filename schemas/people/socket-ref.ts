/** A socket of one node that keeps somebody present: a seat, a place in the lobby, a mark in the online list. */
import { Schema } from 'mongoose';
import { STRICT } from '../site/strict.js';

export interface SocketRef {
  node: string;
  socket: string;
}

export const socketRefSchema = new Schema<SocketRef>(
  { node: { type: String, required: true }, socket: { type: String, required: true } },
  { ...STRICT, _id: false },
);
