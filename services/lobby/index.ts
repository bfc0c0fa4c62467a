/** The services of the lobby. */
import type { PeopleServices } from '../people/index.js';
import type { Base } from '../site/base.js';
import type {} from './events.js';
import { Lobby } from './lobby.js';
import { LobbyMessages } from './messages.js';

export function createLobby(base: Base & PeopleServices) {
  const lobbyMessages = new LobbyMessages(base);
  return { lobbyMessages, lobby: new Lobby({ ...base, messages: lobbyMessages }) };
}
