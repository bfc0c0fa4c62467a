/**
 * The one session middleware, for pages, Socket.IO handshakes and raw upgrades. A session holds who the visitor is and
 * nothing else: rights live in their own collections, so that they end when they should. Session ids are hashed at rest.
 */
import { createHash } from 'node:crypto';
import { MongoStore } from 'connect-mongo';
import session, { type SessionData } from 'express-session';
import type { Connection } from 'mongoose';
import { type Config, cookieSecrets } from '../site/config.js';
import type { Log } from '../site/log.js';
import { SessionMemory } from './session-memory.js';
import type { Visitor } from './visitors.js';

declare module 'express-session' {
  interface SessionData {
    visitor: Visitor;
    /** When the session began and when its use was last noted, in milliseconds. */
    bornAt: number;
    seenAt: number;
  }
}

/** Seconds after which an unused session ends, and the longest life of one that is used. */
export const SESSION_IDLE = 24 * 3600;
export const SESSION_LIFE = 7 * 24 * 3600;
/** Seconds for which a use of a session is not written again. */
const TOUCH_AFTER = 300;

export const cookieName = (config: Config): string => (config.https ? '__Host-sid' : 'sid');

/** How a session id is stored and how sockets of one session are grouped: never the id itself. */
export const hashSessionId = (sid: string): string => createHash('sha256').update(sid).digest('base64url');

/**
 * @param log hears of what could not be kept after its answer: express-session tells it through `next`, a second time,
 * and Express would cut the connection for it, with whatever the browser has sent on it since.
 */
export function sessionMiddleware(
  config: Config,
  connection: Connection,
  ready: Promise<void>,
  log: Log,
): ReturnType<typeof session> {
  const clientPromise = ready.then(() => connection.getClient());
  const store = MongoStore.create({
    clientPromise: clientPromise, // mongoose and connect-mongo name the same driver class by two paths
    collectionName: 'sessions',
    ttl: SESSION_IDLE,
    touchAfter: TOUCH_AFTER,
    stringify: false,
    transformId: hashSessionId,
  });
  const keep = session({
    name: cookieName(config),
    secret: cookieSecrets(config),
    resave: false,
    saveUninitialized: false,
    store: new SessionMemory(store),
    cookie: { httpOnly: true, secure: config.https, sameSite: 'lax', path: '/', maxAge: SESSION_IDLE * 1000 },
  });
  return (request, response, next) => {
    let passed = false;
    keep(request, response, (error?: unknown) => {
      if (passed) return log.warn({ err: error, path: request.path }, 'a session was not kept');
      passed = true;
      next(error);
    });
  };
}

/** Milliseconds after which a use of a session prolongs its cookie. */
const PROLONG_AFTER_MS = 5 * 60_000;

/** A used session lives on: a change of it is stored and sends the cookie anew. @returns whether it was prolonged. */
export function prolong(session: Partial<SessionData>): boolean {
  if (!session.visitor || Date.now() - (session.seenAt ?? 0) <= PROLONG_AFTER_MS) return false;
  session.seenAt = Date.now();
  return true;
}

/** Used or not, no visit is longer than that. */
export const isOver = ({ visitor, bornAt = 0 }: Partial<SessionData>): boolean =>
  visitor !== undefined && Date.now() - bornAt > SESSION_LIFE * 1000;

/** Sessions as the rules see them: which of them still live. */
export class Sessions {
  constructor(private readonly connection: Connection) {}

  /** Of these session hashes, the ones that have not ended. One look-up a hundred. */
  async alive(hashes: string[]): Promise<Set<string>> {
    const living = new Set<string>();
    for (let at = 0; at < hashes.length; at += SESSIONS_A_LOOK) {
      const some = hashes.slice(at, at + SESSIONS_A_LOOK);
      const found = this.connection
        .collection<{ _id: string }>('sessions')
        .find({ _id: { $in: some } }, { projection: { _id: 1 } });
      for await (const { _id } of found) living.add(_id);
    }
    return living;
  }
}

const SESSIONS_A_LOOK = 100;
