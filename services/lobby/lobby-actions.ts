/** What people who are in the lobby do to their messages there: edit, remove and react. */
import type { LobbyMessageView } from '../../schemas/lobby/contract.js';
import { withMine } from '../../schemas/messages/actions.js';
import type { Person } from '../../schemas/people/contract.js';
import { type LobbyChat, lobbyMessageView } from '../../schemas/lobby/lobby.js';
import { LOBBY_OWNER } from '../../schemas/lobby/pictures.js';
import type { Clock } from '../database/clock.js';
import { edited, peopleOf, reacted, removed } from '../messages/actions.js';
import type { ImageStore } from '../messages/image-store.js';
import { AppError } from '../site/errors.js';
import type { Lobby } from './lobby.js';
import type { LobbyMessages } from './messages.js';

interface Deps {
  lobby: Pick<Lobby, 'speaker' | 'mentions'>;
  messages: LobbyMessages;
  images: Pick<ImageStore, 'remove'>;
  clock: Clock;
}

/** A message as one of its readers gets it. */
function messageFor(message: LobbyChat, me: string): LobbyMessageView {
  const view = lobbyMessageView(message);
  return withMine([view], [message], me)[0] ?? view;
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
    const mentions = await lobby.mentions(chat);
    const decide = edited<LobbyChat>(visitor, authorOf, 'chat', chat, clock.date(), mentions);
    return messageFor((await messages.change(id, decide)).message, visitor);
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

  /**
   * Choose an emoji for a message, or choose it no more.
   * @param emoji a checked one.
   * @throws AppError lobby_name_required, message_not_found, message_removed, too_many_reactions, busy.
   */
  async react({ id: visitor, color }: Reader, id: string, emoji: string, isChosen: boolean): Promise<LobbyMessageView> {
    const { name } = await this.deps.lobby.speaker(visitor);
    const decide = reacted<LobbyChat>({ id: visitor, name, color }, emoji, isChosen);
    return messageFor((await this.deps.messages.change(id, decide)).message, visitor);
  }

  /** Who has chosen which emoji. @throws AppError message_not_found. */
  async reactions(id: string): Promise<Record<string, Person[]>> {
    return peopleOf(await this.deps.messages.find(id));
  }
}

/** Somebody who reads the lobby. */
type Reader = Pick<Person, 'id' | 'color'>;
