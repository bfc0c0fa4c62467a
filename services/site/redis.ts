/**
 * Redis, used only when several nodes serve one site: for fan-out between them and for shared rate limits. No message
 * depends on it: while it is unreachable, each node serves its own visitors and counts limits in memory, and clients
 * catch up by `seq` afterwards.
 */
import type { createClient } from 'redis';
import type { Log } from './log.js';

const RETRY_MS = { first: 100, most: 2_000 } as const;
/** Milliseconds without a byte after which Redis counts as away, and between two questions whether it is there. */
const SILENT_MS = 5_000;
const PING_MS = 2_000;

export interface Redis {
  /** For commands and publishing: fails at once while Redis is unreachable. */
  publisher: ReturnType<typeof client>;
  /** For subscriptions: waits until Redis is reachable again. */
  subscriber: ReturnType<typeof client>;
  /** Close both connections at once. */
  close(): void;
}

function client(create: typeof createClient, url: string, disableOfflineQueue: boolean) {
  return create({
    url,
    disableOfflineQueue,
    pingInterval: PING_MS,
    socket: {
      socketTimeout: SILENT_MS,
      reconnectStrategy: (tries) => Math.min(RETRY_MS.first * 2 ** tries, RETRY_MS.most),
      connectTimeout: 2_000,
    },
  });
}

/** Begin to connect, without waiting for it. The client is loaded here: a site of one node does without. */
export async function openRedis(url: string, log: Log): Promise<Redis> {
  const { createClient } = await import('redis');
  const publisher = client(createClient, url, true);
  const subscriber = client(createClient, url, false);
  let away = false;
  for (const each of [publisher, subscriber]) {
    each.on('error', (error: unknown) => {
      if (!away) log.error({ err: error }, 'Redis does not answer; this node continues without it');
      away = true;
    });
    each.on('ready', () => {
      if (away) log.info('Redis answers again');
      away = false;
    });
    each.connect().catch(() => undefined);
  }
  publisher.on('ready', () => void checkVersion(publisher, log));
  return {
    publisher,
    subscriber,
    close() {
      publisher.destroy();
      subscriber.destroy();
    },
  };
}

/** Nodes hear each other by sharded channels, which Redis has since version 7. */
async function checkVersion(publisher: ReturnType<typeof client>, log: Log): Promise<void> {
  const info = await publisher.info('server').catch(() => '');
  const version = /^redis_version:(\d+)/m.exec(info)?.[1];
  if (version !== undefined && Number(version) < 7)
    log.error(
      { version: Number(version) },
      'Redis 7 or newer is needed: with this one the nodes do not hear each other',
    );
}
