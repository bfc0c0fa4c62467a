/** Frames of one connection, worked on one after another; what is wrong with one is answered, and too much ends it. */
import type { RawData } from 'ws';
import { clientId as clientIdShape } from '../../../schemas/messages/payloads.js';
import { AppError } from '../../../services/site/errors.js';
import { translator } from '../../../services/site/locales.js';
import { errorWords, toAppError } from '../../site/errors.js';
import type { Site } from '../../site/site.js';
import { CLOSE, type GatewayConnection } from './connection.js';
import { type FrameHandlers, takeFrame } from './frames.js';

/** Frames of one connection that wait to be worked on before it is no longer read. */
const WAITING_MAX = 64;
/** Frames that were none, and rate breaches, after which a connection is closed. */
const BAD_MAX = 20;
const BREACHES_MAX = 3;

/** Refusals of the first frame after which a client may come again. */
const FAILED_CODES = new Set(['internal', 'unavailable', 'busy']);
const BAD_CODES = new Set(['bad_json', 'bad_input', 'chat_required', 'chat_too_long', 'already_open', 'no_session']);

/** Read a connection until it closes. @returns what resolves with the end of the work under way; it never rejects. */
export function readFrames(
  connection: GatewayConnection,
  handlers: FrameHandlers,
  { services: { limits }, log, draining }: Site,
): { settled: () => Promise<void> } {
  const { ws } = connection;
  let work = Promise.resolve();
  let waiting = 0;

  /** One frame, start to end: nothing in it can throw further than here. */
  async function take(data: RawData): Promise<void> {
    let clientId: string | undefined;
    try {
      if (draining()) throw new AppError('unavailable');
      limits.spend('event', connection.id);
      const json = parseJson(data);
      clientId = clientIdOf(json);
      await takeFrame(handlers, connection, json, limits);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'internal') log.error({ err: thrown }, 'a frame failed');
      answer(connection, error, clientId);
    }
  }

  ws.on('message', (data: RawData, binary: boolean) => {
    if (binary) return connection.close(CLOSE.bad, 'text frames only');
    if (++waiting > WAITING_MAX) ws.pause();
    work = work.then(async () => {
      if (connection.isOpen) await take(data);
      if (--waiting < WAITING_MAX / 2 && ws.isPaused) ws.resume();
    });
  });
  return { settled: () => work };
}

/** Say what was wrong, and close the connection where its first frame was refused or too many were. */
function answer(connection: GatewayConnection, error: AppError, clientId: string | undefined): void {
  const { identity, isReady } = connection;
  const { code } = error;
  const message = errorWords(translator(identity?.visitor.lang ?? 'en'), error);
  connection.send({ type: 'error', code, message, ...(clientId !== undefined && { clientId }) });
  if (!identity && (code === 'no_session' || code === 'bad_token')) connection.close(CLOSE.noAuth, code);
  else if (!identity && code === 'rate_limited') connection.close(CLOSE.rate, code);
  else if (!identity && (code === 'forbidden' || code === 'site_banned')) connection.close(CLOSE.forbidden, code);
  else if (!isReady && FAILED_CODES.has(code)) connection.close(CLOSE.failed, 'try again');
  else if (code === 'rate_limited' && ++connection.breaches >= BREACHES_MAX) connection.close(CLOSE.rate, code);
  else if (BAD_CODES.has(code) && ++connection.badFrames >= BAD_MAX) connection.close(CLOSE.bad, code);
}

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
