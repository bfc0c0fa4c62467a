/** Questions over a socket: an answer, or an ApiError with a code, never later than the timeout. */
import { ApiError } from './api.js';

/** @typedef {import('../../../schemas/site/contract.js').Failure} Failure */

const ANSWER_MS = 8000;
/** Refusals after which the same may succeed. */
const PASSING = new Set(['rate_limited', 'busy', 'unavailable']);

/**
 * Ask with an acknowledgement. Nobody answering within eight seconds counts as a line that is down.
 * @template T
 * @param {import('../../../vendor/socket.io.js').Socket<any, any>} socket any: each caller knows what its event answers
 * @param {string} event
 * @param {...unknown} args
 * @returns {Promise<T & { ok: true }>}
 */
export async function ask(socket, event, ...args) {
  if (!socket.connected) throw new ApiError('offline', 0);
  /** @type {(T & { ok: true }) | Failure} */
  let answer;
  try {
    answer = await socket.timeout(ANSWER_MS).emitWithAck(event, ...args);
  } catch {
    throw new ApiError('timeout', 0);
  }
  if (answer.ok) return answer;
  const { code, message, by } = answer.error;
  throw new ApiError(code, PASSING.has(code) ? 503 : 400, { message, ...(by ? { by } : {}) });
}

/**
 * Ask once the line is there: for a question that a page's first moments may bring.
 * @template T
 * @param {import('../../../vendor/socket.io.js').Socket<any, any>} socket any: as above
 * @param {string} event
 * @param {...unknown} args
 * @returns {Promise<T & { ok: true }>}
 */
export async function askWhenConnected(socket, event, ...args) {
  if (!socket.connected) {
    await new Promise((resolve) => {
      socket.once('connect', () => resolve(undefined));
      setTimeout(resolve, ANSWER_MS);
    });
  }
  return ask(socket, event, ...args);
}
