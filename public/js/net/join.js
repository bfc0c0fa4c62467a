/** A socket that stays joined: it asks to join after every connect, and again while the server is late or busy. */
import { ApiError } from './errors.js';
import { reconnect } from './socket.js';

const RETRY_MS = 2000;

/**
 * @template A
 * @param {import('./socket.js').AnySocket} socket
 * @param {{
 *   join: () => Promise<A>, joined: (answer: A) => void, refused: (code: string) => void,
 *   state: (isUp: boolean) => void,
 * }} parts `join` asks the server, `joined` gets its answer, `refused` the code of a refusal that waiting does not cure;
 *   `state` is told when the connection works and when it does not
 */
export function keepJoined(socket, { join, joined, refused, state }) {
  let timer = 0;
  let asking = false;
  let askAgain = false;
  let stopped = false;

  async function enter() {
    clearTimeout(timer);
    askAgain = asking;
    if (asking) return;
    asking = true;
    const answer = await join().then(
      (value) => ({ value }),
      (/** @type {unknown} */ error) => ({ error }),
    );
    asking = false;
    if (stopped) return;
    if ('error' in answer) failed(answer.error);
    else {
      state(true);
      joined(answer.value);
    }
    if (askAgain) void enter();
  }

  /** @param {unknown} error */
  function failed(error) {
    if (!(error instanceof ApiError)) throw error;
    if (!error.passing) {
      state(true);
      refused(error.code);
    } else if (!socket.connected)
      return; // asked again after the connect
    // A server that does not acknowledge is away, whatever the transport thinks.
    else if (error.code === 'timeout') reconnect(socket);
    else timer = window.setTimeout(() => void enter(), RETRY_MS);
  }

  socket.on('connect', () => void enter());
  socket.on('disconnect', (reason) => {
    state(false);
    // Socket.IO does not come back by itself after the server has sent it away.
    if (reason === 'io server disconnect') timer = window.setTimeout(() => socket.connect(), RETRY_MS);
  });
  socket.on('connect_error', (error) => {
    state(false);
    if (error.message === 'no_session') refused('no_session');
  });
  return {
    /** Join anew: something may have been missed. */
    again: () => void enter(),
    /** Disconnect for good. */
    stop() {
      stopped = true;
      clearTimeout(timer);
      socket.disconnect();
    },
  };
}
