/** Names of Socket.IO rooms on `/chat`. */

/** Every socket whose `join` of this room was acknowledged. */
export const chatRoom = (id: string): string => `chat:${id}`;
