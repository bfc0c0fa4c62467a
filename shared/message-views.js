/**
 * Direct and lobby messages in the shape of a room's, so that one timeline, one log and one bubble draw all three. Pure:
 * the server's pages and the browser share it.
 */

/** @typedef {import('../schemas/direct/contract.js').DirectView} DirectView */
/** @typedef {import('../schemas/lobby/contract.js').LobbyMessageView} LobbyMessageView */
/** @typedef {import('../schemas/messages/contract.js').ActionsView} ActionsView */
/** @typedef {import('../schemas/people/contract.js').Person} Person */
/** @typedef {import('./timeline.js').Message} Message */

/**
 * @param {DirectView} direct
 * @param {Person & { alias?: string }} me
 * @param {Person & { alias?: string }} other
 * @returns {Message}
 */
export function fromDirect(direct, me, other) {
  const { _id, seq, senderId, message, gif, clientId, createdAt } = direct;
  const who = senderId === me.id ? me : other;
  return {
    _id,
    room: other.id,
    seq,
    user: who.color,
    author: { id: who.id, name: shownName(who) },
    ...(message === undefined ? {} : { chat: message }),
    ...(gif ? { gif } : {}),
    ...(clientId ? { clientId } : {}),
    ...actionsOf(direct),
    createdAt,
  };
}

/**
 * @param {LobbyMessageView} message
 * @returns {Message | null} null for what the system says
 */
export function fromLobby(message) {
  const { _id, seq, user, color, chat, gif, clientId, createdAt } = message;
  if (user.id === null) return null;
  return {
    _id,
    room: 'lobby',
    seq,
    user: color ?? '',
    author: { id: user.id, name: user.name },
    ...(chat === undefined ? {} : { chat }),
    ...(gif ? { gif } : {}),
    ...(clientId ? { clientId } : {}),
    ...actionsOf(message),
    createdAt,
  };
}

/** What actions have made of a message: the same in every place. @param {ActionsView} message @returns {ActionsView} */
function actionsOf({ rev, editedAt, removed, replyTo, mentions, reactions, mine }) {
  return {
    rev,
    ...(editedAt ? { editedAt } : {}),
    ...(removed ? { removed } : {}),
    ...(replyTo ? { replyTo } : {}),
    ...(mentions ? { mentions } : {}),
    ...(reactions ? { reactions } : {}),
    ...(mine ? { mine } : {}),
  };
}

/** The name people know somebody by: the one chosen in the lobby, else the one of the visit. @param {{ name: string, alias?: string }} who */
export const shownName = ({ name, alias }) => alias ?? name;
