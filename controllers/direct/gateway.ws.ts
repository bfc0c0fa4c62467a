/**
 * `/ws`: direct messages as JSON frames over a plain WebSocket, for programs and for pages without Socket.IO. The same
 * service, limits and validators as the other doors; docs/gateway.md is the description for people.
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestHandler } from 'express';
import type { Session, SessionData } from 'express-session';
import { type RawData, type ServerOptions, WebSocketServer } from 'ws';
import type { DirectView, ServerFrame } from '../../schemas/direct/contract.js';
import { clientFrame, visitorId } from '../../schemas/direct/payloads.js';
import { clientId as clientIdShape } from '../../schemas/messages/payloads.js';
import { AppError } from '../../services/site/errors.js';
import { translator } from '../../services/site/locales.js';
import { hashSessionId, isOver } from '../../services/people/sessions.js';
import type { Visitor } from '../../services/people/visitors.js';
import { takeChat } from '../site/allowance.js';
import { addressOf } from '../site/address.js';
import type { Connections } from '../site/connections.js';
import { toAppError } from '../site/errors.js';
import { CLOSE, Line } from './line.js';
import type { Online } from './online.js';
import type { Site } from '../site/site.js';
import { parse } from '../site/validate.js';

export const GATEWAY_PATH = '/ws';

/** Milliseconds. `createApp` takes others, for a test that cannot wait half a minute. */
const TIMES = {
  /** Between two pings; a line that did not answer one by the next is dropped. */
  heartbeat: 30_000,
  /** Until the first frame has said who it is, with a session cookie and without. */
  init: 10_000,
  initWithoutCookie: 5_000,
  /** Between two notes of how far mail got. */
  delivered: 1_000,
  /** What a reader gets to take what waits, and the close frame after it. */
  linger: 5_000,
};
export type GatewayTimes = Partial<typeof TIMES>;
/** Milliseconds for which a restart waits for the other side's part of the closing handshakes. */
const RESTART_MS = 500;
/** Frames of one line that wait to be worked on before it is no longer read. */
const WAITING_MAX = 64;
/** Frames that were none, and rate breaches, after which a line is closed. */
const BAD_MAX = 20;
const BREACHES_MAX = 3;

const SERVER: ServerOptions & { maxFragments: number; maxBufferedChunks: number; maxPendingAutoPongs: number } = {
  noServer: true,
  maxPayload: 32_768,
  maxFragments: 64,
  maxBufferedChunks: 1_024,
  maxPendingAutoPongs: 10,
  perMessageDeflate: false,
  clientTracking: true,
  skipUTF8Validation: false,
};

type Upgrade = IncomingMessage & { session?: Session & Partial<SessionData> };

export type Gateway = ReturnType<typeof gateway>;

export function gateway(
  session: RequestHandler,
  online: Online,
  connections: Connections,
  { config, services, origins, log, draining }: Site,
  times: GatewayTimes = {},
) {
  const { direct, conversations, presence, tokens, limits, nodes, events } = services;
  const { heartbeat, init, initWithoutCookie, delivered, linger } = { ...TIMES, ...times };
  const server = new WebSocketServer(SERVER);
  /** Visitor -> open lines that have said who they are. */
  const lines = new Map<string, Set<Line>>();
  const all = new Set<Line>();
  /** Visitor -> mail number to note as delivered. */
  const toNote = new Map<string, number>();
  const failed = (error: unknown) => log.error({ err: error }, 'a raw line failed');

  /** One upgrade request for our path: origin, caps, session, and only then a socket. */
  async function upgrade(request: Upgrade, socket: Duplex, head: Buffer): Promise<void> {
    if (draining()) return void refuse(socket, 503, 'Service Unavailable');
    if (request.headers['sec-websocket-protocol'] !== undefined) return void refuse(socket, 400, 'Bad Request');
    if (request.headers['sec-websocket-version'] !== '13') return void refuse(socket, 426, 'Upgrade Required');
    const { origin } = request.headers;
    if (origin !== undefined && !origins.allows(origin)) return void refuse(socket, 403, 'Forbidden');
    const address = addressOf(request, config.trustProxy);
    if (!connections.hasRoom(address)) return void refuse(socket, 429, 'Too Many Requests');
    // Counted before anything is waited for: a thousand at once are a thousand, and not one.
    socket.once('close', connections.reserve(address));
    // A cookie counts with our own Origin only: without one the request is no browser's, and says who by token.
    if (origin !== undefined) await readSession(session, request);
    if (socket.destroyed) return;
    server.handleUpgrade(request, socket, head, (ws) => {
      const line = new Line(ws, address, direct, linger);
      const { session: read } = request;
      attend(line, read && !isOver(read) ? (read.visitor ?? null) : null, hashSessionId(read?.id ?? ''));
    });
  }

  function attend(line: Line, visitor: Visitor | null, sessionHash: string): void {
    const { ws } = line;
    let work = Promise.resolve();
    let waiting = 0;
    all.add(line);
    const known = visitor && { visitor, session: sessionHash };
    const deadline = setTimeout(() => line.close(CLOSE.noAuth, 'no init'), known ? init : initWithoutCookie).unref();

    ws.on('pong', () => note(line));
    ws.on('message', (data: RawData, binary: boolean) => {
      if (binary) return line.close(CLOSE.bad, 'text frames only');
      if (++waiting > WAITING_MAX) ws.pause();
      work = work.then(async () => {
        if (line.open) await take(line, data, known, deadline);
        if (--waiting < WAITING_MAX / 2 && ws.isPaused) ws.resume();
      });
    });
    ws.on('close', () => {
      clearTimeout(deadline);
      all.delete(line);
      void work.then(() => leave(line)).catch(failed);
    });
  }

  /** One frame, start to end: nothing in it can throw further than here. */
  async function take(line: Line, data: RawData, known: Known | null, deadline: NodeJS.Timeout): Promise<void> {
    let clientId: string | undefined;
    try {
      await limits.take('event', line.id);
      const json = parseJson(data);
      clientId = clientIdOf(json);
      const frame = parse(clientFrame, json);
      if (frame.type === 'init') {
        if (line.visitor) throw new AppError('already_open');
        await begin(line, frame, known);
        return void clearTimeout(deadline);
      }
      const { visitor } = line;
      if (!visitor) throw new AppError('no_session');
      if (frame.type === 'chat') await chat(line, visitor, frame);
      else if (frame.type === 'read') await conversations.read(visitor.id, frame.with, frame.upTo);
      else if (frame.type === 'token') {
        await limits.take('token', visitor.id);
        line.send({ type: 'token', ...(await tokens.issue(visitor, line.session)) });
      } else if (await conversations.mayType(visitor.id, frame.to)) {
        events.announce('direct.typing', { from: visitor.id, to: frame.to, on: frame.on });
      }
    } catch (thrown) {
      answerError(line, thrown, clientId);
    }
  }

  function answerError(line: Line, thrown: unknown, clientId: string | undefined): void {
    const error = toAppError(thrown);
    const { code } = error;
    if (code === 'internal') log.error({ err: thrown }, 'a frame failed');
    const message = translator(line.visitor?.lang ?? 'en')(`errors.${code}`);
    line.send({ type: 'error', code, message, ...(clientId === undefined ? {} : { clientId }) });
    if (!line.visitor && code === 'no_session') line.close(CLOSE.noAuth, code);
    else if (!line.visitor && code === 'rate_limited') line.close(CLOSE.rate, code);
    else if (!line.visitor && code === 'forbidden') line.close(CLOSE.forbidden, code);
    else if (!line.ready && (code === 'internal' || code === 'unavailable')) line.close(CLOSE.failed, 'try again');
    else if (code === 'rate_limited' && ++line.breaches >= BREACHES_MAX) line.close(CLOSE.rate, code);
    else if (BAD_CODES.has(code) && ++line.bad >= BAD_MAX) line.close(CLOSE.bad, code);
  }

  /** The first frame: who, from where on. Subscribed before anything is read, so nothing falls between. */
  async function begin(
    line: Line,
    frame: { token?: string | undefined; userId?: string | undefined; after?: number | undefined },
    cookie: Known | null,
  ) {
    const who = frame.token === undefined ? cookie : await tokens.who(frame.token);
    if (!who) throw new AppError('no_session');
    const { visitor } = who;
    if (frame.userId !== undefined && frame.userId !== visitor.id) throw new AppError('forbidden');
    const mine = lines.get(visitor.id) ?? new Set();
    if (mine.size >= limits.atOnce('sockets')) throw new AppError('rate_limited');
    line.visitor = visitor;
    line.session = who.session;
    lines.set(visitor.id, mine.add(line));
    await presence.take(visitor.id, refOf(line));
    await online.came(visitor.id, line.id);
    const { start, replay } = await line.begin(visitor.id, frame.after);
    line.send({
      type: 'ready',
      userId: visitor.id,
      name: visitor.name,
      online: await online.of(visitor.id),
      after: start,
    });
    line.ready = true;
    carry(line, replay());
  }

  /** Mail on its way to a line. Where the store fails it, the line ends: it comes back and misses nothing. */
  function carry(line: Line, mail: Promise<void> | undefined): void {
    Promise.resolve(mail).catch((error: unknown) => {
      failed(error);
      line.close(CLOSE.failed, 'try again');
    });
  }

  async function chat(
    line: Line,
    visitor: Visitor,
    frame: { toUserId: string; fromUserId?: string | undefined; message: string; clientId?: string | undefined },
  ): Promise<void> {
    if (frame.fromUserId !== undefined && frame.fromUserId !== visitor.id) throw new AppError('forbidden');
    if (!visitorId.safeParse(frame.toUserId).success) throw new AppError('person_not_found');
    await takeChat(limits, visitor.id, line.address);
    const { toUserId, message, clientId } = frame;
    const sent = await direct.send(visitor, toUserId, message, clientId);
    // An announcement reaches all lines of the sender, this one included.
    if (!sent.announced) line.send(sentFrame(sent.message));
    if (lines.has(toUserId) || (await presence.hasSocket(toUserId))) return;
    const words = translator(visitor.lang)('messages.absent');
    line.send({ type: 'notification', toUserId, message: words, ...(clientId === undefined ? {} : { clientId }) });
  }

  /** A visitor's lines that have been told `ready`, which is the first frame on every line. */
  const readyLines = (visitor: string) => [...(lines.get(visitor) ?? [])].filter((line) => line.ready);

  const refOf = (line: Line) => ({ node: nodes.id, socket: line.id });

  async function leave(line: Line): Promise<void> {
    const { visitor } = line;
    if (!visitor) return;
    const mine = lines.get(visitor.id);
    mine?.delete(line);
    if (mine?.size === 0) lines.delete(visitor.id);
    online.went(visitor.id, line.id);
    note(line);
    if (!draining()) await presence.release(visitor.id, refOf(line)); // else services.stop() saw to that
  }

  /** Remember how far a visitor's mail got, now and then and not with every message. */
  function note(line: Line): void {
    if (line.visitor && line.arrived > 0) {
      toNote.set(line.visitor.id, Math.max(line.arrived, toNote.get(line.visitor.id) ?? 0));
    }
  }

  async function noteAll(): Promise<void> {
    const due = [...toNote];
    toNote.clear();
    for (const [visitor, upTo] of due) {
      try {
        await direct.noteDelivered(visitor, upTo);
      } catch (error) {
        toNote.set(visitor, Math.max(upTo, toNote.get(visitor) ?? 0));
        failed(error);
      }
    }
  }
  const noting = setInterval(() => {
    // What was handed to a line that is dead has not come: only a pong tells.
    for (const line of all) if (line.ready && line.unsure) line.ping();
    void noteAll();
  }, delivered).unref();

  async function beat(): Promise<void> {
    for (const line of all) {
      if (!line.alive) line.ws.terminate();
      line.alive = false;
      line.ping();
    }
    const known = [...all].filter((line) => line.visitor);
    if (known.length === 0) return;
    const alive = await tokens.alive([...new Set(known.map((line) => line.session))]);
    for (const line of known) if (!alive.has(line.session)) line.close(CLOSE.noAuth, 'the session is over');
  }
  const beating = setInterval(() => void beat().catch(failed), heartbeat).unref();

  return {
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      upgrade(request, socket, head).catch((error: unknown) => {
        failed(error);
        socket.destroy();
      });
    },

    /** A message was stored: the receiver's lines get it, the sender's hear that it was. */
    sent(message: DirectView, mail: number): void {
      for (const line of lines.get(message.receiverId) ?? []) carry(line, line.mail(message, mail));
      for (const line of readyLines(message.senderId)) line.send(sentFrame(message));
    },

    /** One frame to every line of some visitors. */
    tell(visitors: string[], frame: ServerFrame): void {
      for (const visitor of visitors) for (const line of readyLines(visitor)) line.send(frame);
    },

    /** The online list, to every line. */
    online(ids: string[]): void {
      const text = JSON.stringify({ type: 'online', online: ids } satisfies ServerFrame);
      for (const visitor of lines.keys()) {
        const seen = online.hidden.has(visitor)
          ? JSON.stringify({ type: 'online', online: online.without(ids, visitor) } satisfies ServerFrame)
          : text;
        for (const line of readyLines(visitor)) line.sendText(seen);
      }
    },

    /** Facts of other nodes may have been lost: every line looks for what it missed. */
    catchUp(): void {
      for (const line of all) if (line.ready) carry(line, line.catchUp());
    },

    /** How many lines are open. */
    get size(): number {
      return all.size;
    },

    async close(): Promise<void> {
      clearInterval(beating);
      clearInterval(noting);
      for (const line of all) line.close(CLOSE.restart, 'restart');
      // What their readers take with the close frame is noted, too: nobody gets it again, but for who does not answer.
      const end = performance.now() + Math.min(linger, RESTART_MS);
      while (all.size > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
      await noteAll();
      server.close();
    },
  };
}

interface Known {
  visitor: Visitor;
  session: string;
}

const BAD_CODES = new Set(['bad_json', 'bad_input', 'chat_required', 'chat_too_long', 'already_open', 'no_session']);

const sentFrame = (message: DirectView): ServerFrame => ({
  type: 'sent',
  ...(message.clientId === undefined ? {} : { clientId: message.clientId }),
  message,
});

/** The client id of a frame that may not be one, so that a refusal says what it refuses. */
function clientIdOf(json: unknown): string | undefined {
  const given = clientIdShape.safeParse((json as { clientId?: unknown } | null)?.clientId);
  return given.success ? given.data : undefined;
}

/** @throws AppError bad_json. */
function parseJson(data: RawData): unknown {
  try {
    return JSON.parse((data as Buffer).toString('utf8'));
  } catch (error) {
    throw new AppError('bad_json', {}, { cause: error });
  }
}

/** The session of an upgrade, by the same middleware as every request; a response that nobody sends takes its part. */
function readSession(session: RequestHandler, request: Upgrade): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (error?: Error) => {
      if (error) reject(error);
      else resolve();
    };
    void session(request as never, new ServerResponse(request) as never, next as never);
  });
}

/** A socket that nobody answers would hang: an answer, and the end, also for a client that never ends its side. */
export function refuse(socket: Duplex, status: number, words: string): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${words}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
