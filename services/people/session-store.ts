/**
 * The stored sessions as express-session reads and writes them. Many handshakes at once, as after a restart, ask for as many
 * sessions: those asked for while one question is under way are read by the next.
 */
import { MongoStore } from 'connect-mongo';
import type { SessionData } from 'express-session';
import type { Connection } from 'mongoose';
import { GatheredReads } from '../work/gathered-reads.js';

const COLLECTION = 'sessions';

interface StoredSession {
  _id: string;
  session: SessionData;
  lastModified?: Date;
}

interface Options {
  connection: Connection;
  /** Resolves once it is connected. */
  ready: Promise<void>;
  /** Seconds: the life of an unused session, and for how long another use of it is not stored. */
  idle: number;
  touchAfter: number;
  /** What a session id is stored as. */
  hash: (sid: string) => string;
}

export class SessionStore extends MongoStore {
  readonly #reads: GatheredReads<StoredSession>;

  constructor(private readonly own: Options) {
    const { connection, ready, idle, touchAfter, hash } = own;
    super({
      clientPromise: ready.then(() => connection.getClient()), // mongoose and connect-mongo name the same driver class by two paths
      collectionName: COLLECTION,
      ttl: idle,
      touchAfter,
      stringify: false,
      transformId: hash,
    });
    this.#reads = new GatheredReads((ids) => this.#readAll(ids));
  }

  override get(sid: string, callback: (error: unknown, session?: SessionData | null) => void): void {
    void (async () => {
      try {
        const found = await this.#reads.read(this.own.hash(sid));
        callback(null, found && ownCopy(found));
      } catch (error) {
        callback(error);
      }
    })();
  }

  async #readAll(ids: string[]): Promise<Map<string, StoredSession>> {
    await this.own.ready;
    const found = await this.own.connection
      .collection<StoredSession & { expires?: Date }>(COLLECTION)
      .find({ _id: { $in: ids }, $or: [{ expires: { $exists: false } }, { expires: { $gt: new Date() } }] })
      .toArray();
    return new Map(found.map((stored) => [stored._id, stored]));
  }
}

/** Two may read the same session at once, and each changes its own. `lastModified`: by it the store knows when to store another use. */
const ownCopy = ({ session, lastModified }: StoredSession): SessionData =>
  Object.assign(structuredClone(session), lastModified && { lastModified });
