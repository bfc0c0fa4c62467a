/** Bots: members of one room that post by a key, which its host makes and revokes, and which ends with the room. */
import type { Person } from '../../schemas/people/contract.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import type { Tokens } from '../people/tokens.js';
import { createVisitor, type Visitor } from '../people/visitors.js';
import { AppError } from '../site/errors.js';
import type { Admissions } from './admissions.js';
import type { Chats } from './chat.js';
import type { Seats } from './seats.js';

/** Bots of one room. Two that are made at the same time may pass it together. */
const BOTS_MAX = 10;

export type BotView = Pick<Person, 'id' | 'name'>;

interface Deps {
  tokens: Pick<Tokens, 'issueKey' | 'bots' | 'revokeKeys'>;
  admissions: Pick<Admissions, 'grant' | 'revoke'>;
  seats: Pick<Seats, 'leave'>;
  chats: Pick<Chats, 'postByBot'>;
}

export class Bots {
  constructor(private readonly deps: Deps) {}

  /** Make a bot. @returns also its key, which is stored as a hash only. @throws AppError too_many_bots. */
  async make(room: string, name: string): Promise<{ bot: BotView; key: string }> {
    const { tokens, admissions } = this.deps;
    if ((await tokens.bots(room)).length >= BOTS_MAX) throw new AppError('too_many_bots');
    const bot = { ...createVisitor('en'), name };
    await admissions.grant(room, bot.id);
    return { bot: botView(bot), key: await tokens.issueKey(room, bot) };
  }

  /** The bots of a room. */
  async list(room: string): Promise<BotView[]> {
    return (await this.deps.tokens.bots(room)).map(botView);
  }

  /** Revoke a bot's key, and take it out of the room. @throws AppError not_found. */
  async remove(room: string, bot: string): Promise<void> {
    const { tokens, admissions, seats } = this.deps;
    if (!(await tokens.revokeKeys(room, bot))) throw new AppError('not_found');
    await admissions.revoke(room, bot);
    await seats.leave(room, bot);
  }

  /** Post as a bot, which takes no seat by that. @throws as Chats.post. */
  post(room: string, bot: Visitor, text: { chat: string; clientId?: string | undefined }): Promise<MessageView> {
    return this.deps.chats.postByBot(room, bot, text);
  }

  /** The room has ended, and with it all keys. */
  async erase(room: string): Promise<void> {
    await this.deps.tokens.revokeKeys(room);
  }
}

const botView = ({ id, name }: Visitor): BotView => ({ id, name });
