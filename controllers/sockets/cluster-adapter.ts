/**
 * What the nodes of one site tell each other, over the sharded pub/sub of Redis 7: a node hears only the Socket.IO rooms
 * that it serves, so that a message costs nothing where nobody is in its room. No message depends on Redis: what is
 * published is not waited for, and while Redis is unreachable every node serves its own sockets.
 */
import { createShardedAdapter } from '@socket.io/redis-adapter';
import type { Namespace } from 'socket.io';
import type { Redis } from '../../services/site/redis.js';

/** Milliseconds that a join waits for its subscription: longer, and Redis counts as away. */
const WAIT_MS = 5_000;

type Adapter = Namespace['adapter'];
type Listener = (message: Buffer, channel: Buffer) => void;

interface Channel {
  /** Null: nobody listens any more. */
  wanted: Listener | null;
  subscribed: boolean;
  /** What is under way to make the one agree with the other. */
  work: Promise<void> | null;
}

/**
 * @returns what makes the adapter of each namespace. A socket's `join()` resolves once this node hears the room, so that
 * nothing falls between what is read after it and what is heard.
 */
export function clusterAdapter(redis: Redis): (namespace: Namespace) => Adapter {
  const channels = new Channels(redis);
  const make = createShardedAdapter(channels, channels) as unknown as (namespace: Namespace) => Adapter;
  // Socket.IO calls it with `new`.
  return function adapterOf(namespace) {
    const adapter = make(namespace);
    const addAll = adapter.addAll.bind(adapter);
    adapter.addAll = async (id, rooms) => {
      await addAll(id, rooms);
      await channels.settled();
    };
    return adapter;
  };
}

/**
 * The subscriptions of this node. The client forgets a listener that is added while an earlier unsubscription of the same
 * channel is under way, so the steps of a channel are taken one after another. The methods are those of a Redis client
 * that the adapter calls; none of them rejects but `sendCommand`.
 */
class Channels {
  readonly #channels = new Map<string, Channel>();
  /** What is under way now. */
  readonly #working = new Set<Promise<void>>();

  constructor(private readonly redis: Redis) {
    redis.subscriber.on('ready', () => {
      for (const [name, { work }] of this.#channels) void (work ?? Promise.resolve()).then(() => this.#agree(name));
    });
  }

  sSubscribe(name: string, listener: Listener): void {
    const channel = this.#channels.get(name) ?? { wanted: null, subscribed: false, work: null };
    this.#channels.set(name, channel);
    channel.wanted = listener;
    this.#agree(name);
  }

  sUnsubscribe(name: string): void {
    const channel = this.#channels.get(name);
    if (!channel) return;
    channel.wanted = null;
    this.#agree(name);
  }

  /** Resolves at once: sockets of this node do not wait for Redis. */
  sPublish(name: string, message: string | Buffer): Promise<void> {
    this.redis.publisher.sPublish(name, message).catch(() => undefined);
    return Promise.resolve();
  }

  sendCommand(words: string[]): Promise<unknown> {
    return this.redis.publisher.sendCommand(words);
  }

  /** Resolves once the subscriptions under way are made, or Redis counts as away. */
  async settled(): Promise<void> {
    if (this.#working.size === 0 || !this.redis.subscriber.isReady) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, WAIT_MS)));
    await Promise.race([Promise.all(this.#working), late]);
    clearTimeout(timer);
  }

  #agree(name: string): void {
    const channel = this.#channels.get(name);
    if (!channel || channel.work) return;
    const work = this.#step(name, channel).finally(() => {
      channel.work = null;
      this.#working.delete(work);
    });
    channel.work = work;
    this.#working.add(work);
  }

  /** Subscribe and unsubscribe until the channel is as it is wanted, or Redis is away: then the next `ready` goes on. */
  async #step(name: string, channel: Channel): Promise<void> {
    const { subscriber } = this.redis;
    try {
      while ((channel.wanted !== null) !== channel.subscribed && subscriber.isReady) {
        const { wanted } = channel;
        if (wanted) await subscriber.sSubscribe(name, wanted, true);
        else await subscriber.sUnsubscribe(name);
        channel.subscribed = wanted !== null;
      }
    } catch {
      return; // the connection was lost; openRedis() logs that
    }
    if (!channel.wanted && !channel.subscribed && this.#channels.get(name) === channel) this.#channels.delete(name);
  }
}
