/** Names of what the browser keeps per room. */

/** @param {string} room */
export const outboxKey = (room) => `gif-chat:outbox:${room}`;
/** @param {string} room */
export const draftKey = (room) => `gif-chat:draft:${room}`;
