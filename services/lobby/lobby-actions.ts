/** What people who are in the lobby do to their messages there: edit and remove them. */
import type { LobbyMessageView } from '../../schemas/lobby/contract.js';
import { type LobbyChat, lobbyMessageView } from '../../schemas/lobby/lobby.js';
import { LOBBY_OWNER } from '../../schemas/lobby/pictures.js';
import type { Clock } from '../database/clock.js';
import { edited, removed } from '../messages/actions.js';
import type { ImageStore } from '../messages/image-store.js';
import { AppError } from '../site/errors.js';
import type { Lobby } from './lobby.js';
import type { LobbyMessages } from './messages.js';

interface Deps {
  lobby: Pick<Lobby, 'speaker'>;
  messages: LobbyMessages;
  images: Pick<ImageStore, 'remove'>;
  clock: Clock;
}

const authorOf = ({ author }: LobbyChat): string => author.id;

export class LobbyActions {
  constructor(private readonly deps: Deps) {}

  /**
   * Replace the text of one's own message.
   * @param chat a checked text.
   * @throws AppError lobby_name_required, message_not_found, not_yours, message_removed, busy.
   */
  async edit(visitor: string, id: string, chat: string): Promise<LobbyMessageView> {
    const { lobby, messages, clock } = this.deps;
    await lobby.speaker(visitor);
    const decide = edited<LobbyChat>(visitor, authorOf, 'chat', chat, clock.date());
    return lobbyMessageView((await messages.change(id, decide)).message);
  }

  /**
   * Remove one's own message. @returns what is left of it.
   * @throws AppError lobby_name_required, message_not_found, not_yours, busy.
   */
  async remove(visitor: string, id: string): Promise<LobbyMessageView> {
    const { lobby, messages, images } = this.deps;
    await lobby.speaker(visitor);
    const { message, before } = await messages.change(id, (chat) => {
      if (authorOf(chat) !== visitor) throw new AppError('not_yours');
      return removed<LobbyChat>('author')(chat);
    });
    if (before?.gif) await images.remove(LOBBY_OWNER, before.gif);
    return lobbyMessageView(message);
  }
}
