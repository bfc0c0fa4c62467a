/**
 * The nodes that share one site. Where a list is made of what all nodes write, each node is told that it changed and
 * reads it for its own sockets: so it is sent as seldom on ten nodes as on one, and none is older than the one before.
 * What is told here may be lost while Redis is away (see Broadcast.catchUp).
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { DomainEvents, EventBus } from '../../services/site/events.js';
import type { NamespaceOf } from './namespaces.js';

type Work = (...args: unknown[]) => void | Promise<void>;

export class Peers {
  readonly #works = new Map<string, Work>();

  /** @param areThere several nodes: what happens here is told to the others. */
  constructor(
    private readonly namespace: NamespaceOf<'/'>,
    private readonly events: EventBus,
    readonly areThere: boolean,
  ) {
    namespace.on('everywhere', (name, args, done) => {
      void Promise.resolve(this.#works.get(name)?.(...args)).then(done);
    });
  }

  /** Hear a domain event of this node and of every other. What it carries has to survive JSON. */
  on<Name extends keyof DomainEvents>(name: Name, tell: (...args: DomainEvents[Name]) => void): void {
    // Node's types know the listener of a name, not of any name.
    this.events.on(name, this.everywhere(name, tell) as never);
  }

  /**
   * @param name the same on every node.
   * @param work takes what survives JSON.
   * @returns what does `work` on this node and on every other.
   */
  everywhere<Args extends unknown[]>(name: string, work: (...args: Args) => void): (...args: Args) => void {
    this.#works.set(name, work as Work);
    return (...args) => {
      work(...args);
      if (this.areThere) this.namespace.serverSideEmit('everywhere', name, args);
    };
  }

  /**
   * As `everywhere`, for work that is waited for.
   * @param work must not reject.
   * @param ms for how long at most: a node may have died, or Redis be away.
   * @returns what resolves once the work is done on this node and on every other, or the time is over.
   */
  everywhereDone<Args extends unknown[]>(
    name: string,
    ms: number,
    work: (...args: Args) => Promise<void>,
  ): (...args: Args) => Promise<void> {
    this.#works.set(name, work as Work);
    return async (...args) => {
      const done = Promise.all([work(...args), this.areThere ? this.#doneElsewhere(name, args) : null]);
      await Promise.race([done, wait(ms, undefined, { ref: false })]);
    };
  }

  #doneElsewhere(name: string, args: unknown[]): Promise<void> {
    return new Promise((resolve) => {
      // By the adapter, whose promise rejects where Redis is away; the namespace's own method leaves that unhandled.
      const adapter: { serverSideEmit(packet: unknown[]): unknown } = this.namespace.adapter;
      Promise.resolve(adapter.serverSideEmit(['everywhere', name, args, () => resolve()])).catch(() => resolve());
    });
  }
}
