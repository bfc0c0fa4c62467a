/** Names of Socket.IO rooms on `/chat`. */
import { feedRooms } from '../sockets/feed.js';

/** Every socket whose `join` of this room was acknowledged. */
export const chatRoom = (id: string): string => `chat:${id}`;

/** All Socket.IO rooms of a socket that has joined this room: what it leaves when it leaves. */
export const roomsOf = (id: string): string[] => [chatRoom(id), ...feedRooms(id)];
