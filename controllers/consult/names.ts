/** Names of Socket.IO rooms on `/consult`. */

/** The pages of one visitor; a visitor has one consultation at a time. */
export const consultVisitor = (id: string): string => `consult:visitor:${id}`;

/** The pages of one consultant. */
export const consultConsultant = (id: string): string => `consult:consultant:${id}`;

/** All signed-in consultants. */
export const DESK = 'consult:desk';
