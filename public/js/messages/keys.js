/** Names of what the browser keeps of each conversation. */

/** @param {string} conversation its key: a room's id, `lobby`, `direct:<person>` or a consultation's id */
export const outboxKey = (conversation) => `gif-chat:outbox:${conversation}`;
/** @param {string} conversation */
export const draftKey = (conversation) => `gif-chat:draft:${conversation}`;
/** @param {string} conversation */
export const replyKey = (conversation) => `gif-chat:reply:${conversation}`;
