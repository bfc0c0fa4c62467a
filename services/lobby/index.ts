/** The services of the lobby. */
import type { PeopleServices } from '../people/index.js';
import type { Base } from '../site/base.js';
import type {} from './events.js';
import { Lobby } from './lobby.js';
import { LobbyActions } from './lobby-actions.js';
import { LobbyMessages } from './messages.js';

export function createLobby(base: Base & PeopleServices) {
  const lobbyMessages = new LobbyMessages(base);
  const lobby = new Lobby({ ...base, graceMs: base.returnMs, messages: lobbyMessages });
  return { lobbyMessages, lobby, lobbyActions: new LobbyActions({ ...base, lobby, messages: lobbyMessages }) };
}
