/** What ended today, read anew whenever something ended. */
import { ApiError } from '../net/errors.js';
import { ask } from '../net/ask.js';

const RETRY_MS = 2000;

/**
 * @param {import('../net/socket.js').SocketOf<'/consult'>} socket
 * @param {(ended: import('../../../schemas/consult/contract.js').EndedView[]) => void} show
 */
export function createEnded(socket, show) {
  let reading = false;
  let readAgain = false;
  let timer = 0;

  /** Asked for while it is being read: once more after that. @returns {Promise<void>} */
  async function read() {
    clearTimeout(timer);
    readAgain = reading;
    if (reading) return;
    reading = true;
    try {
      const { ended } = await ask(socket, 'list-ended', { since: new Date().setHours(0, 0, 0, 0) });
      show(ended);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // A reconnect reads it anyway.
      if (error.passing && socket.connected) timer = window.setTimeout(() => void read(), RETRY_MS);
    } finally {
      reading = false;
    }
    if (readAgain) await read();
  }
  return { read: () => void read() };
}
