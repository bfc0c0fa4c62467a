/**
 * The sweep of the site: every quarter of a minute it settles what timers that died with their process left behind, and
 * what the sockets of dead nodes kept. Every step is conditional and can be repeated, so that any number of nodes may
 * sweep.
 */
import type { Nodes } from '../database/nodes.js';
import type { Timers } from './timers.js';

const SWEEP_MS = 15_000;

/** What time alone may end. */
interface Sweepable {
  /** End everything whose time is over. */
  sweep(): Promise<unknown>;
  /** A node is gone: its sockets keep nothing any more. */
  releaseNode?(node: string): Promise<void>;
}

interface Deps {
  nodes: Nodes;
  timers: Timers;
  /** Swept in this order. */
  sweepables: Sweepable[];
}

export class Sweeper {
  constructor(private readonly deps: Deps) {}

  /** Sweep once, before anybody comes, and then every quarter of a minute. */
  async start(): Promise<void> {
    await this.sweep();
    this.deps.timers.every(SWEEP_MS, () => this.sweep());
  }

  /** Release what dead nodes kept, then end what is over. */
  async sweep(): Promise<void> {
    const { nodes, sweepables } = this.deps;
    for (const node of await nodes.dead()) {
      // Forgotten last: if a release fails, the next sweep finds the node again.
      for (const each of sweepables) await each.releaseNode?.(node);
      await nodes.forget(node);
    }
    for (const each of sweepables) await each.sweep();
  }
}
