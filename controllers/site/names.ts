/** Names of Socket.IO rooms come from here, so that nobody spells one in two ways. */

/** Everybody whose `join` of this room was acknowledged. */
export const chatRoom = (id: string): string => `chat:${id}`;

/** All sockets of one session, by the hash of its id: names travel between nodes. */
export const sessionRoom = (hash: string): string => `session:${hash}`;

/** The pages of one visitor on the desk's namespace; a visitor has one consultation at a time. */
export const consultVisitor = (id: string): string => `consult:visitor:${id}`;

/** The pages of one consultant. */
export const consultConsultant = (id: string): string => `consult:consultant:${id}`;

/** All signed-in consultants. */
export const DESK = 'consult:desk';

/** All sockets of one visitor in a namespace, on every tab. */
export const personRoom = (visitor: string): string => `person:${visitor}`;

/** Sockets that get the whole online list: of visitors of whom it is known that nobody hides from them. */
export const UNFILTERED = 'online:unfiltered';
