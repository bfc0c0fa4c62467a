/** Questions over a socket: an answer, or an ApiError with a code, never later than the timeout. */
import { ApiError } from './errors.js';

/** @typedef {import('./socket.js').AnySocket} AnySocket */
/** @typedef {import('../../../schemas/site/contract.js').Failure} Failure */

/**
 * The events that a socket's page may send, from the contract of its namespace.
 * @template {AnySocket} S
 * @typedef {S extends import('../../../vendor/socket.io.js').Socket<any, infer C extends Record<string, any>> ? C : never} ClientEvents
 */

/**
 * What comes before an event's acknowledgement: nothing, or one payload. `any`: whatever the acknowledgement is given.
 * @template F
 * @typedef {F extends (...args: infer A) => void ? Required<A> extends [...infer P, (answer: any) => void] ? P : never[] : never[]} Payload
 */

/**
 * What an event is acknowledged with when it succeeds.
 * @template F
 * @typedef {F extends (...args: infer A) => void ? Required<A> extends [...unknown[], (answer: infer R) => void] ? Extract<R, { ok: true }> : never : never} Answer
 */

const ANSWER_MS = 8000;
/** Refusals after which the same may succeed. */
const PASSING = new Set(['rate_limited', 'busy', 'unavailable', 'disk_full', 'internal']);

/**
 * Send an event and wait for its acknowledgement. A server that does not acknowledge within eight seconds counts as away.
 * @template {AnySocket} S
 * @template {keyof ClientEvents<S> & string} E
 * @param {S} socket
 * @param {E} event
 * @param {Payload<ClientEvents<S>[E]>} payload
 * @returns {Promise<Answer<ClientEvents<S>[E]>>}
 * @throws {ApiError} with the server's code; `offline` without a connection, `timeout` without an answer
 */
export async function ask(socket, event, ...payload) {
  if (!socket.connected) throw new ApiError('offline', 0);
  /** @type {{ ok: true } | Failure} */
  let answer;
  try {
    answer = await socket.timeout(ANSWER_MS).emitWithAck(event, ...payload);
  } catch {
    throw new ApiError('timeout', 0);
  }
  if (answer.ok) return /** @type {Answer<ClientEvents<S>[E]>} */ (answer);
  const { code, message, by } = answer.error;
  throw new ApiError(code, PASSING.has(code) ? 503 : 400, { message, ...(by ? { by } : {}) });
}

/**
 * Wait for a page's first connection, no longer than for an answer.
 * @param {AnySocket} socket
 * @returns {Promise<void>}
 */
export async function connected(socket) {
  if (socket.connected) return;
  await new Promise((resolve) => {
    socket.once('connect', () => resolve(undefined));
    setTimeout(resolve, ANSWER_MS);
  });
}
