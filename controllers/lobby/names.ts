/** Names of Socket.IO rooms on `/lobby`. */

/** Whose messages everybody there hears: the lobby is one. */
export const LOBBY = 'lobby';
