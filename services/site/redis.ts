/**
 * Redis, used only when several nodes serve one site: for fan-out between them and for shared rate limits. No message
 * depends on it: while it is unreachable, each node serves its own visitors and counts limits in memory, and clients
 * catch up by `seq` afterwards.
 */
import { createClient } from 'redis';
import type { Log } from './log.js';

const RETRY_MS = { first: 100, most: 2_000 } as const;

export interface Redis {
  /** For commands and publishing: fails at once while Redis is unreachable. */
  publisher: ReturnType<typeof client>;
  /** For subscriptions: waits until Redis is reachable again. */
  subscriber: ReturnType<typeof client>;
  /** Close both connections at once. */
  close(): void;
}

function client(url: string, disableOfflineQueue: boolean) {
  return createClient({
    url,
    disableOfflineQueue,
    socket: {
      reconnectStrategy: (tries) => Math.min(RETRY_MS.first * 2 ** tries, RETRY_MS.most),
      connectTimeout: 2_000,
    },
  });
}

/** Begin to connect, without waiting for it. */
export function openRedis(url: string, log: Log): Redis {
  const publisher = client(url, true);
  const subscriber = client(url, false);
  let away = false;
  for (const each of [publisher, subscriber]) {
    each.on('error', (error: unknown) => {
      if (!away) log.error({ err: error }, 'Redis does not answer; this node continues without it');
      away = true;
    });
    each.on('ready', () => (away = false));
    each.connect().catch(() => undefined);
  }
  quiet(publisher, ['publish']);
  quiet(subscriber, ['subscribe', 'pSubscribe', 'unsubscribe', 'pUnsubscribe']);
  return {
    publisher,
    subscriber,
    close() {
      publisher.destroy();
      subscriber.destroy();
    },
  };
}

/**
 * Make commands that never reject. The Socket.IO adapter ignores their promises, and an unhandled rejection (Redis
 * unreachable, or being closed) would end the process.
 */
function quiet(client: object, commands: string[]): void {
  const callable = client as Record<string, (...args: unknown[]) => Promise<unknown>>;
  for (const command of commands) {
    const run = callable[command]?.bind(client);
    Object.defineProperty(client, command, { value: (...args: unknown[]) => run?.(...args).catch(() => undefined) });
  }
}
