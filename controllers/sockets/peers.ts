/**
 * The nodes that share one site. Where a list is made of what all nodes write, each node is told that it changed and
 * reads it for its own sockets: so it is sent as seldom on ten nodes as on one, and none is older than the one before.
 * What is told here may be lost while Redis is away (see Broadcast.catchUp).
 */
import type { DomainEvents, EventBus } from '../../services/site/events.js';
import type { NamespaceOf } from './namespaces.js';

type Work = (...args: unknown[]) => void;

export class Peers {
  readonly #works = new Map<string, Work>();

  /** @param shared several nodes: what happens here is told to the others. */
  constructor(
    private readonly namespace: NamespaceOf<'/'>,
    private readonly events: EventBus,
    private readonly shared: boolean,
  ) {
    namespace.on('everywhere', (name, args) => this.#works.get(name)?.(...args));
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
      if (this.shared) this.namespace.serverSideEmit('everywhere', name, args);
    };
  }
}
