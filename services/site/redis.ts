/**
 * Redis, only when several nodes share one site: fan-out between them and shared rate limits. No message depends on it:
 * while it is away, nodes serve their own visitors, limits count in memory, and clients catch up by `seq` afterwards.
 */
import { createClient } from 'redis';
import type { Log } from './log.js';

const RETRY_MS = { first: 100, most: 2_000 } as const;

export interface Redis {
  /** For commands and publishing: fails at once while Redis is away, and never hangs. */
  publisher: ReturnType<typeof client>;
  /** For subscriptions: waits for Redis to come back. */
  subscriber: ReturnType<typeof client>;
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

/** Begin to connect; nobody waits for it. */
export function openRedis(url: string, log: Log): Redis {
  const publisher = client(url, true);
  const subscriber = client(url, false);
  let away = false;
  for (const each of [publisher, subscriber]) {
    each.on('error', (error: unknown) => {
      if (!away) log.error({ err: error }, 'Redis does not answer; this node goes on alone');
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
 * The adapter does not look at what these return, while Redis is away or as it is closed; a rejection nobody handles
 * would end the process.
 */
function quiet(client: object, commands: string[]): void {
  const callable = client as Record<string, (...args: unknown[]) => Promise<unknown>>;
  for (const command of commands) {
    const run = callable[command]?.bind(client);
    Object.defineProperty(client, command, { value: (...args: unknown[]) => run?.(...args).catch(() => undefined) });
  }
}
