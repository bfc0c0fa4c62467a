/** A socket, with its node, that keeps a seat, a presence, a name in the lobby, or a consultant at the desk. */
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
