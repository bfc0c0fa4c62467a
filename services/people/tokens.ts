/**
 * Tokens for the raw gateway, for programs that have no browser: an hour long, good for the first frame of a line and
 * nothing else, kept as hashes, and dead as soon as the session that asked for them is.
 */
import { createHash, randomBytes } from 'node:crypto';
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Token } from '../../schemas/people/token.js';
import type { Clock } from '../site/clock.js';
import type { Sessions } from './sessions.js';
import type { Visitor } from './visitors.js';

/** Milliseconds a token is good for. */
export const TOKEN_MS = 60 * 60_000;
/** Tokens of one session at a time: the oldest makes way. */
const TOKENS_MAX = 10;

const hash = (token: string): string => createHash('sha256').update(token).digest('base64url');

export class Tokens {
  constructor(
    private readonly models: Pick<Models, 'Token'>,
    private readonly clock: Clock,
    private readonly sessions: Sessions,
  ) {}

  /** @param session the hash of the session's id. */
  async issue(visitor: Visitor, session: string): Promise<{ token: string; expiresAt: string }> {
    const token = randomBytes(32).toString('base64url');
    const until = this.clock.date(TOKEN_MS);
    const { id, name, color, lang } = visitor;
    await this.models.Token.create({ _id: hash(token), visitor: { id, name, color, lang }, session, until });
    const spare = await this.models.Token.find({ session })
      .sort({ until: -1 })
      .skip(TOKENS_MAX)
      .limit(100)
      .lean<Token[]>();
    if (spare.length > 0) await this.models.Token.deleteMany({ _id: trusted({ $in: spare.map(({ _id }) => _id) }) });
    return { token, expiresAt: until.toISOString() };
  }

  /** Whose token it is, or null: unknown, too old, or its session is over. */
  async who(token: string): Promise<{ visitor: Visitor; session: string } | null> {
    const found = await this.models.Token.findOne({
      _id: hash(token),
      until: trusted({ $gt: this.clock.date() }),
    }).lean<Token>();
    if (!found || (await this.alive([found.session])).size === 0) return null;
    const { id, name, color, lang } = found.visitor;
    return { visitor: { id, name, color, lang: lang === 'ko' ? 'ko' : 'en' }, session: found.session };
  }

  /** Of these sessions (hashed ids), those that last. */
  async alive(sessions: string[]): Promise<Set<string>> {
    return this.sessions.alive(sessions);
  }
}
