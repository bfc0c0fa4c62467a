/** The services of the lobby. */
import { LOBBY_OWNER } from '../../schemas/lobby/pictures.js';
import { ImageStore } from '../messages/image-store.js';
import type { MessageServices } from '../messages/index.js';
import type { PeopleServices } from '../people/index.js';
import type { Base } from '../site/base.js';
import type {} from './events.js';
import { Lobby } from './lobby.js';
import { LobbyActions } from './lobby-actions.js';
import { LobbyMessages } from './messages.js';

export function createLobby(base: Base & PeopleServices & MessageServices) {
  const { models } = base;
  const kind = {
    folder: LOBBY_OWNER,
    id: new RegExp(`^${LOBBY_OWNER}$`),
    model: models.LobbyPictures,
    open: {},
    closed: 'unavailable',
    messages: { model: models.LobbyChat, image: 'gif', owner: null },
  } as const;
  const images = new ImageStore({ ...base, kind });
  const lobbyMessages = new LobbyMessages({ ...base, images });
  const lobby = new Lobby({ ...base, graceMs: base.returnMs, messages: lobbyMessages });
  const lobbyActions = new LobbyActions({ ...base, lobby, messages: lobbyMessages, images });
  return { lobbyMessages, lobby, lobbyActions, lobbyImages: images };
}
