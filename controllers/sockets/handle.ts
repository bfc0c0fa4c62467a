/**
 * The one wrapper of socket events: limits -> turn -> admit -> validate -> run -> acknowledge. What an event is called, what it
 * carries and what its acknowledgement holds come from the contract (schemas/<place>/contract.ts and payloads.ts).
 * Handlers return what the acknowledgement holds beside `ok`, or throw an AppError; an acknowledgement function is always
 * called, and a missing one is no problem.
 */
import type { EventEmitter } from 'node:events';
import type { Socket } from 'socket.io';
import type { z } from 'zod';
import type { AnswerOf } from '../../schemas/site/contract.js';
import type { EventInputs } from '../../schemas/site/inputs.js';
import { AppError } from '../../services/site/errors.js';
import { translator } from '../../services/site/locales.js';
import type { Visitor } from '../../services/people/visitors.js';
import { chargeWork, takeWork } from '../site/allowance.js';
import { errorWords, toAppError } from '../site/errors.js';
import type { Site } from '../site/site.js';
import { parse } from '../site/validate.js';

/** What every namespace knows of a connected socket. */
export interface SocketData {
  visitor: Visitor;
  /** Hash of the session id. */
  session: string;
  /** The client's address, as limits count it. */
  address: string;
  /** Its handshake asked for messages in batches (readBatch). */
  batch?: boolean;
  /** Rate breaches of late, and when the latest was (milliseconds of `performance.now`). */
  breaches: number;
  breachedAt: number;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the wrapper treats the sockets of every namespace alike
export type AnySocket = Socket<any, any, any, SocketData>;

/** `Connected`, if its client may send these events; else `never`. */
type Sending<Events, Connected> =
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what the server sends is the namespace's own affair
  Connected extends Socket<infer Sent, any, any, SocketData> ? (Sent extends Events ? Connected : never) : never;

/** Rate breaches within a minute of each other after which a socket is closed. */
const BREACHES_MAX = 3;
const BREACH_MS = 60_000;
/** What a refusal as busy counts: others may have caused it, but who asks on and on is closed, too. */
const BUSY_BREACH = 1 / 8;
/** From this cost on an event waits for one of the places that costly ones share (services/work/asks.ts). */
const COSTLY = 4;
/** Entries of an answer that cost one point more. */
const ENTRIES_A_POINT = 10;

/** The handler of every event: it gets validated input and returns what the acknowledgement holds beside `ok`. */
type Handlers<Events, Validators extends Record<keyof Events, z.ZodType>, Who> = {
  [Name in keyof Events]: (
    input: z.output<Validators[Name]>,
    who: Who,
  ) => AnswerOf<Events[Name]> | Promise<AnswerOf<Events[Name]>>;
};

interface Options<Events, Who> {
  /** What events cost that cost more than one point (takeWork). */
  costs?: Partial<Record<keyof Events, number>>;
  /** Runs before the payload is looked at, and says who asks; what it throws is the answer. */
  admit?: (socket: AnySocket, event: keyof Events) => Promise<Who>;
}

/**
 * The wrapper for the events of one namespace.
 * @param inputs their validators, as the contract binds them.
 * @returns `handle(socket, handlers)`, with a handler for every event of the contract.
 */
export function handlerFor<Events, Validators extends Record<keyof Events, z.ZodType>, Who = undefined>(
  { validators, refusals }: EventInputs<Events, Validators>,
  { services: { limits, asks }, log, draining, tally }: Pick<Site, 'services' | 'log' | 'draining' | 'tally'>,
  { costs = {}, admit }: Options<Events, Who> = {},
) {
  const handlersOf = new WeakMap<AnySocket, Handlers<Events, Validators, Who>>();
  // One listener an event for all sockets: ten thousand silent ones keep no closures of their own.
  const listeners = (Object.keys(validators) as (keyof Events & string)[]).map(
    (event) => [event, listener(event)] as const,
  );

  return function handle<Connected extends AnySocket>(
    socket: Connected & Sending<Events, Connected>,
    handlers: Handlers<Events, Validators, Who>,
  ): void {
    handlersOf.set(socket, handlers);
    for (const [event, listen] of listeners) (socket as unknown as EventEmitter).on(event, listen);
  };

  function listener(event: keyof Events & string) {
    return function (this: AnySocket, ...args: unknown[]): void {
      void work(this, event, args);
    };
  }

  async function work(socket: AnySocket, event: keyof Events & string, args: unknown[]): Promise<void> {
    const { payload, acknowledge } = readArguments(args);
    const { visitor, address } = socket.data;
    const asker = { visitor: visitor.id, address, socket: socket.id };
    const cost = costs[event] ?? 1;
    let end: (() => void) | undefined;
    try {
      if (draining()) throw new AppError('unavailable');
      limits.spend('event', socket.id);
      takeWork(limits, asker, cost);
      end = await asks.turn(asker, cost >= COSTLY);
      if (cost >= COSTLY && socket.disconnected) throw new AppError('unavailable');
      const who = (await admit?.(socket, event)) as Who;
      const answer = await handlersOf.get(socket)?.[event](parse(validators[event], payload), who);
      chargeWork(limits, asker, entriesIn(answer) / ENTRIES_A_POINT);
      acknowledge?.({ ok: true, ...answer });
    } catch (thrown) {
      const error = toAppError(thrown);
      tally.refused(error.code);
      if (error.code === 'internal') log.error({ err: thrown, event }, 'an event failed');
      acknowledge?.({ ...failure(error, visitor), ...refusals[event] });
      noteBreach(socket, error);
    } finally {
      end?.();
    }
  }
}

/** How many entries the lists of an answer have. */
function entriesIn(answer: object | undefined): number {
  const lists = Object.values(answer ?? {}) as unknown[];
  return lists.reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0);
}

/** An event carries one value at most, and after it perhaps an acknowledgement function. */
function readArguments(args: unknown[]): { payload: unknown; acknowledge: ((answer: object) => void) | undefined } {
  const last = args.at(-1);
  if (typeof last !== 'function') return { payload: args[0], acknowledge: undefined };
  return { payload: args.length > 1 ? args[0] : undefined, acknowledge: last as (answer: object) => void };
}

/**
 * The listener to any event of a socket, the same for all: one that its namespace does not know is refused like any bad
 * input, and counts like any event.
 */
export function refuseUnknown({ services: { limits } }: Site) {
  return function (this: AnySocket, event: string, ...args: unknown[]): void {
    if (this.listenerCount(event) > 0) return;
    const { visitor, address } = this.data;
    const { acknowledge } = readArguments(args);
    let error = new AppError('bad_input');
    try {
      limits.spend('event', this.id);
      takeWork(limits, { visitor: visitor.id, address }, 1);
    } catch (thrown) {
      error = toAppError(thrown);
    }
    acknowledge?.(failure(error, visitor));
    noteBreach(this, error);
  };
}

function noteBreach(socket: AnySocket, { code }: AppError): void {
  if (code !== 'rate_limited' && code !== 'busy') return;
  const { data } = socket;
  const now = performance.now();
  const earlier = now - data.breachedAt < BREACH_MS ? data.breaches : 0;
  data.breaches = earlier + (code === 'busy' ? BUSY_BREACH : 1);
  data.breachedAt = now;
  if (data.breaches >= BREACHES_MAX) socket.disconnect(true);
}

function failure(error: AppError, { lang }: Visitor) {
  const { by } = error.details;
  const message = errorWords(translator(lang), error);
  return { ok: false, error: { code: error.code, message, ...(by !== undefined && { by }) } };
}
