/**
 * The one wrapper of socket events: limit -> validate -> run -> acknowledge. Handlers return the facts of their answer
 * or throw an AppError; an acknowledgement function is always called, and a missing one is no problem. Whatever comes
 * in is checked against a schema of fixed shape and never passed on as it came.
 */
import type { Socket } from 'socket.io';
import type { z } from 'zod';
import type { ConsultantView } from '../../schemas/consult/contract.js';
import { AppError } from '../../services/site/errors.js';
import type { Limits } from '../../services/site/limits.js';
import { translator } from '../../services/site/locales.js';
import type { Log } from '../../services/site/log.js';
import type { Visitor } from '../../services/people/visitors.js';
import { toAppError } from './errors.js';
import { parse } from './validate.js';

/** What a namespace knows of a connected socket. */
export interface SocketData {
  visitor: Visitor;
  /** Rooms this socket has joined: the server's own record, which a disconnect goes by. */
  rooms: Set<string>;
  /** Hash of the session id. */
  session: string;
  /** As whom a socket of the desk came; the right itself is asked for at each use. */
  consultant?: ConsultantView;
  /** Rate breaches of late, and when the latest was (milliseconds of `performance.now`). */
  breaches: number;
  breachedAt: number;
}

// The typed event maps live on each namespace; the wrapper serves them all and takes any.
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- see the line above
export type AnySocket = Socket<any, any, any, SocketData>;

/** Rate breaches within a minute of each other after which a socket is closed. */
const BREACHES_MAX = 3;
const BREACH_MS = 60_000;

export interface Wrapper {
  limits: Limits;
  log: Log;
}

/** Handle one event. `run` gets checked input only; `shape` gives the answer another form where a contract wants one. */
export function handle<S extends z.ZodType>(
  socket: AnySocket,
  event: string,
  schema: S,
  { limits, log }: Wrapper,
  run: (input: z.output<S>) => Promise<object | undefined> | object | undefined,
  shape: (answer: { ok: boolean }) => object = (answer) => answer,
): void {
  socket.on(event, (...args: unknown[]) => {
    const last = args.at(-1);
    const acknowledge = typeof last === 'function' ? (last as (answer: object) => void) : undefined;
    const work = async (): Promise<void> => {
      try {
        await limits.take('event', socket.id);
        const answer = await run(parse(schema, args[0] === last && acknowledge ? undefined : args[0]));
        acknowledge?.(shape({ ok: true, ...answer }));
      } catch (thrown) {
        const error = toAppError(thrown);
        if (error.code === 'internal') log.error({ err: thrown, event }, 'an event failed');
        acknowledge?.(shape(failure(error, socket.data.visitor)));
        if (error.code === 'rate_limited') noteBreach(socket);
      }
    };
    void work();
  });
}

/** An event that its namespace does not know is refused like any bad input, and counts like any event. */
export function refuseUnknown(socket: AnySocket, { limits }: Pick<Wrapper, 'limits'>): void {
  socket.onAny((event: string, ...args: unknown[]) => {
    if (socket.listenerCount(event) > 0) return;
    const last = args.at(-1);
    const refuse = (error: AppError) => {
      if (typeof last === 'function') (last as (answer: object) => void)(failure(error, socket.data.visitor));
      if (error.code === 'rate_limited') noteBreach(socket);
    };
    limits.take('event', socket.id).then(
      () => refuse(new AppError('bad_input')),
      (thrown: unknown) => refuse(toAppError(thrown)),
    );
  });
}

function noteBreach(socket: AnySocket): void {
  const { data } = socket;
  const now = performance.now();
  data.breaches = now - data.breachedAt < BREACH_MS ? data.breaches + 1 : 1;
  data.breachedAt = now;
  if (data.breaches >= BREACHES_MAX) socket.disconnect(true);
}

function failure(error: AppError, { lang }: Visitor) {
  const { by } = error.details;
  const message = translator(lang)(`errors.${error.code}`, { by });
  return { ok: false, error: { code: error.code, message, ...(by !== undefined && { by }) } };
}
