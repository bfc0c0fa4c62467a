/**
 * Tokens, for programs that have no browser; stored as hashes. One that a session asked for is valid for an hour and
 * ends with that session. One that made its visitor is a session by itself, and lives by the same rules: a day after its
 * last use, and a week at the most. The key of a room's bot is a session, too, until it is revoked.
 */
import { createHash, randomBytes } from 'node:crypto';
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Token } from '../../schemas/people/token.js';
import type { Clock } from '../database/clock.js';
import { isLang, type Lang } from '../site/locales.js';
import type { People } from './people.js';
import { SESSION_IDLE, SESSION_LIFE, type Sessions } from './sessions.js';
import { TokenMemory } from './token-memory.js';
import { createVisitor, type Visitor } from './visitors.js';

/** Milliseconds for which a token of a session is valid. */
const TOKEN_MS = 60 * 60_000;
/** Tokens of one session at a time: another one deletes the oldest. */
const TOKENS_MAX = 10;
/** Milliseconds for which another use of a token is not stored. */
const USE_MS = 5 * 60_000;
const TOKENS_A_QUERY = 100;
/** When the key of a bot ends by itself: never. */
const NEVER = new Date('9999-12-31');

const hash = (token: string): string => createHash('sha256').update(token).digest('base64url');
const newToken = (): string => randomBytes(32).toString('base64url');

/** Who somebody is, and the hash of the session that says so. */
export interface Identity {
  visitor: Visitor;
  session: string;
}

interface Deps {
  models: Models;
  clock: Clock;
  sessions: Sessions;
  people: People;
}

export class Tokens {
  readonly #memory: TokenMemory;

  constructor(private readonly deps: Deps) {
    this.#memory = new TokenMemory(deps.clock);
  }

  /**
   * Issue a token of a session.
   * @param session the hash of the session's id.
   */
  async issue(visitor: Visitor, session: string): Promise<{ token: string; expiresAt: string }> {
    const token = newToken();
    const { models, clock } = this.deps;
    const until = clock.date(TOKEN_MS);
    const { id, name, color, lang } = visitor;
    await models.Token.create({ _id: hash(token), visitor: { id, name, color, lang }, session, until });
    const theirs = { session, _id: trusted({ $ne: session }) };
    const spare = await models.Token.find(theirs).sort({ until: -1 }).skip(TOKENS_MAX).limit(100).lean<Token[]>();
    if (spare.length > 0) await models.Token.deleteMany({ _id: trusted({ $in: spare.map(({ _id }) => _id) }) });
    return { token, expiresAt: until.toISOString() };
  }

  /** Make a visitor without a browser, and the token that is their session. */
  async makeVisitor(lang: Lang): Promise<{ visitor: Visitor; token: string }> {
    const { models, clock, people } = this.deps;
    const token = newToken();
    const _id = hash(token);
    const visitor = createVisitor(lang);
    const bornAt = clock.date();
    await models.Token.create({ _id, visitor, session: _id, bornAt, until: clock.date(SESSION_IDLE * 1000) });
    await people.touch(visitor, bornAt.getTime());
    return { visitor, token };
  }

  /** Make the key of a room's bot. */
  async issueKey(room: string, bot: Visitor): Promise<string> {
    const key = newToken();
    const _id = hash(key);
    await this.deps.models.Token.create({ _id, visitor: bot, session: _id, room, until: NEVER });
    return key;
  }

  /** The bot of a key, and its room; null where there is none. */
  async bot(key: string): Promise<{ bot: Visitor; room: string } | null> {
    const found = await this.deps.models.Token.findOne({ _id: hash(key) }).lean<Token>();
    return found?.room ? { bot: visitorOf(found), room: found.room } : null;
  }

  /** The bots of a room. */
  async bots(room: string): Promise<Visitor[]> {
    return (await this.deps.models.Token.find({ room }).lean<Token[]>()).map(visitorOf);
  }

  /** Revoke the key of a bot, or of all bots of a room. @returns whether there was one. */
  async revokeKeys(room: string, bot?: string): Promise<boolean> {
    const { deletedCount } = await this.deps.models.Token.deleteMany({ room, ...(bot && { 'visitor.id': bot }) });
    return deletedCount > 0;
  }

  /** Whose token it is, or null: it is unknown or too old, or its session has ended. */
  async who(token: string): Promise<Identity | null> {
    const { models, clock } = this.deps;
    const _id = hash(token);
    const found =
      this.#memory.get(_id) ??
      (await models.Token.findOne({ _id, until: trusted({ $gt: clock.date() }) }).lean<Token>());
    if (!found) return null;
    const { session } = found;
    if (session === _id) await this.#use(found);
    else if ((await this.alive([session])).size === 0) return null;
    return { visitor: visitorOf(found), session };
  }

  /**
   * Of these sessions (hashed ids), those that have not ended. Each of a program is used by that: whoever asks has a
   * connection of it.
   */
  async alive(sessions: string[]): Promise<Set<string>> {
    const { models, clock } = this.deps;
    const alive = await this.deps.sessions.alive(sessions);
    const others = sessions.filter((session) => !alive.has(session));
    for (let at = 0; at < others.length; at += TOKENS_A_QUERY) {
      const some = others.slice(at, at + TOKENS_A_QUERY);
      const until = trusted({ $gt: clock.date() });
      const found = await models.Token.find({ _id: trusted({ $in: some }), until }).lean<Token[]>();
      for (const token of found) {
        alive.add(token._id);
        await this.#use(token);
      }
    }
    return alive;
  }

  /** A token that is a session was used: extend it, and the visit of its visitor, now and then. */
  async #use(token: Token): Promise<void> {
    const { models, clock, people } = this.deps;
    const { _id, bornAt } = token;
    // A key may be revoked at any time: it is asked for each time.
    if (token.room) return people.touch(visitorOf(token), clock.now());
    const born = bornAt?.getTime() ?? 0;
    const until = Math.min(clock.now() + SESSION_IDLE * 1000, born + SESSION_LIFE * 1000);
    if (until - token.until.getTime() >= USE_MS) {
      token.until = new Date(until);
      await models.Token.updateOne({ _id }, { $max: { until: token.until } });
      await people.touch(visitorOf(token), born);
    }
    this.#memory.keep(token);
  }
}

const visitorOf = ({ visitor: { id, name, color, lang } }: Token): Visitor => ({
  id,
  name,
  color,
  lang: isLang(lang) ? lang : 'en',
});
