/**
 * Tokens for the gateway, for programs that have no browser: valid for an hour, accepted in the first frame of a
 * connection only, stored as hashes, and invalid as soon as the session that asked for them has ended.
 */
import { createHash, randomBytes } from 'node:crypto';
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Token } from '../../schemas/people/token.js';
import type { Clock } from '../database/clock.js';
import type { Sessions } from './sessions.js';
import type { Visitor } from './visitors.js';

/** Milliseconds for which a token is valid. */
const TOKEN_MS = 60 * 60_000;
/** Tokens of one session at a time: another one deletes the oldest. */
const TOKENS_MAX = 10;

const hash = (token: string): string => createHash('sha256').update(token).digest('base64url');

interface Deps {
  models: Models;
  clock: Clock;
  sessions: Sessions;
}

export class Tokens {
  constructor(private readonly deps: Deps) {}

  /**
   * Issue a token.
   * @param session the hash of the session's id.
   */
  async issue(visitor: Visitor, session: string): Promise<{ token: string; expiresAt: string }> {
    const token = randomBytes(32).toString('base64url');
    const { models, clock } = this.deps;
    const until = clock.date(TOKEN_MS);
    const { id, name, color, lang } = visitor;
    await models.Token.create({ _id: hash(token), visitor: { id, name, color, lang }, session, until });
    const spare = await models.Token.find({ session }).sort({ until: -1 }).skip(TOKENS_MAX).limit(100).lean<Token[]>();
    if (spare.length > 0) await models.Token.deleteMany({ _id: trusted({ $in: spare.map(({ _id }) => _id) }) });
    return { token, expiresAt: until.toISOString() };
  }

  /** Whose token it is, or null: it is unknown or too old, or its session has ended. */
  async who(token: string): Promise<{ visitor: Visitor; session: string } | null> {
    const { models, clock } = this.deps;
    const found = await models.Token.findOne({
      _id: hash(token),
      until: trusted({ $gt: clock.date() }),
    }).lean<Token>();
    if (!found || (await this.alive([found.session])).size === 0) return null;
    const { id, name, color, lang } = found.visitor;
    return { visitor: { id, name, color, lang: lang === 'ko' ? 'ko' : 'en' }, session: found.session };
  }

  /** Of these sessions (hashed ids), those that have not ended. */
  async alive(sessions: string[]): Promise<Set<string>> {
    return this.deps.sessions.alive(sessions);
  }
}
