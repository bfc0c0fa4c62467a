/**
 * Sessions: the one middleware for pages, Socket.IO handshakes and upgrades of the gateway. A session says who the
 * visitor is and nothing else: rights are in collections of their own, so that they end when they should. Session ids
 * are stored as hashes.
 */
import { createHash } from 'node:crypto';
import session, { type SessionData } from 'express-session';
import type { Connection } from 'mongoose';
import type { Clock } from '../database/clock.js';
import type { Config } from '../site/config.js';
import type { Log } from '../site/log.js';
import { SessionMemory } from './session-memory.js';
import { SessionStore } from './session-store.js';
import type { Visitor } from './visitors.js';

declare module 'express-session' {
  interface SessionData {
    visitor: Visitor;
    /** When the session began, and when its last use was stored, in milliseconds. */
    bornAt: number;
    seenAt: number;
  }
}

/** Seconds after which an unused session ends, and after which any session does. */
export const SESSION_IDLE = 24 * 3600;
export const SESSION_LIFE = 7 * 24 * 3600;
/** Seconds for which another use of a session is not stored. */
const TOUCH_AFTER = 300;

/**
 * The name of the session cookie: over HTTPS, one that browsers accept from this host only. It has the sub-path in it, so
 * that two sites on one host keep their own: a cookie that only its path told apart could not be `__Host-`.
 */
function cookieName({ https, base }: Config): string {
  const path = base === '' ? '' : `-${encodeURIComponent(base.slice(1))}`;
  return `${https ? '__Host-' : ''}sid${path}`;
}

/** The session cookie of a request's Cookie header, signature and all, unchecked; null without one. */
export function sessionCookie(header: string | undefined, config: Config): string | null {
  const name = cookieName(config);
  const pair = header?.split(';').find((each) => each.trimStart().startsWith(`${name}=`));
  if (pair === undefined) return null;
  // One cookie may be written in many ways.
  const value = pair
    .trim()
    .slice(name.length + 1)
    .replace(/^"(.*)"$/, '$1');
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The hash of a session id: what is stored, and what sockets of one session are grouped by. */
export const hashSessionId = (sid: string): string => createHash('sha256').update(sid).digest('base64url');

/**
 * The session middleware.
 * @param log receives errors of sessions that could not be saved after the response: express-session reports them by a
 * second call of `next`, on which Express would close the connection, with whatever the browser has sent on it since.
 */
export function sessionMiddleware({
  config,
  secrets,
  connection,
  ready,
  clock,
  log,
}: {
  config: Config;
  /** The first signs cookies, all are good for reading. */
  secrets: string[];
  connection: Connection;
  ready: Promise<void>;
  clock: Clock;
  log: Log;
}): ReturnType<typeof session> {
  const store = new SessionStore({
    ...{ connection, ready, idle: SESSION_IDLE, touchAfter: TOUCH_AFTER },
    hash: hashSessionId,
  });
  const keep = session({
    name: cookieName(config),
    secret: secrets,
    resave: false,
    saveUninitialized: false,
    store: new SessionMemory(store, clock),
    cookie: { httpOnly: true, secure: config.https, sameSite: 'lax', path: '/', maxAge: SESSION_IDLE * 1000 },
  });
  return (request, response, next) => {
    let passed = false;
    keep(request, response, (error?: unknown) => {
      if (passed) return log.warn({ err: error, path: request.path }, 'a session was not saved');
      passed = true;
      next(error);
    });
  };
}

/** Milliseconds after which another use of a session extends it. */
const PROLONG_AFTER_MS = 5 * 60_000;

/** Extend a used session: the change is stored, and the cookie is sent again. @returns whether it was extended. */
export function prolong(session: Partial<SessionData>): boolean {
  if (!session.visitor || Date.now() - (session.seenAt ?? 0) <= PROLONG_AFTER_MS) return false;
  session.seenAt = Date.now();
  return true;
}

/** When a session reaches the longest life that it may have, in milliseconds. */
export const endOf = ({ bornAt = 0 }: Partial<SessionData>): number => bornAt + SESSION_LIFE * 1000;

/** Whether a session of somebody has reached that. */
export const isOver = (session: Partial<SessionData>): boolean =>
  session.visitor !== undefined && Date.now() > endOf(session);

/** The stored sessions. */
export class Sessions {
  constructor(private readonly deps: { connection: Connection }) {}

  /** Of these session hashes, those of sessions that have not ended. One query for each hundred. */
  async alive(hashes: string[]): Promise<Set<string>> {
    const alive = new Set<string>();
    for (let at = 0; at < hashes.length; at += SESSIONS_A_QUERY) {
      const some = hashes.slice(at, at + SESSIONS_A_QUERY);
      const found = this.deps.connection
        .collection<{ _id: string }>('sessions')
        .find({ _id: { $in: some } }, { projection: { _id: 1 } });
      for await (const { _id } of found) alive.add(_id);
    }
    return alive;
  }
}

const SESSIONS_A_QUERY = 100;
