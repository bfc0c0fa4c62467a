/** The log: JSON lines on standard error. Standard output has only the line with the site's address. */
import { pino } from 'pino';
import type { Config } from './config.js';

export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

/** A log of this level and above. It must never be given a body, a session id, a password or a query string. */
export function createLog(level: Config['logLevel']): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: false }),
  );
}
