/** Names of Socket.IO rooms that every namespace has; those of a place are in its own folder. */

/** All sockets of one session, by the hash of its id: names travel between nodes. */
export const sessionRoom = (hash: string): string => `session:${hash}`;

/** All sockets of one visitor in a namespace, on every tab. */
export const personRoom = (visitor: string): string => `person:${visitor}`;
