/**
 * Documents that sockets keep: a seat, a presence, a name in the lobby. `sockets` lists the sockets that keep one,
 * `until` says when it may end once none of them is left: after a lease, or after the grace time. The write that ends
 * it carries that condition, so that a socket or a lease that comes meanwhile wins, on however many nodes.
 */
import { type Model, trusted } from 'mongoose';
import type { SocketRef } from '../../schemas/people/socket-ref.js';
import type { Clock } from '../database/clock.js';
import { MARGIN_MS, type Timers } from '../work/timers.js';

/** Documents that one sweep ends at the most. */
const BATCH = 1_000;

interface Deps<Held> {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any model whose documents have `sockets` and `until`
  model: Model<any, object, object, any>;
  clock: Clock;
  timers: Timers;
  /** Milliseconds in which a visitor whose last socket is gone, or whose node died, may come back. */
  graceMs: number;
  /** End a document, under the condition {@link SocketHolders.isOver}. */
  end: (held: Held) => Promise<unknown>;
}

export class SocketHolders<Held extends { sockets: SocketRef[] }> {
  constructor(private readonly deps: Deps<Held>) {}

  /** The condition under which a document may end: no socket keeps it, and its time is over. */
  isOver(now = this.deps.clock.date()) {
    return { sockets: trusted({ $size: 0 }), until: trusted({ $lte: now }) };
  }

  /** The end of a grace time that begins now. */
  graceEnd(): Date {
    return this.deps.clock.date(this.deps.graceMs);
  }

  /**
   * A socket is gone.
   * @param update what is written in the same step; it sets `until`.
   * @returns the document if no socket keeps it any more.
   */
  async release(of: object, { node, socket }: SocketRef, update: object): Promise<Held | null> {
    const left = await this.deps.model
      .findOneAndUpdate(of, { ...update, $pull: { sockets: { node, socket } } }, { returnDocument: 'after' })
      .lean<Held>();
    return left?.sockets.length === 0 ? left : null;
  }

  /** A node is gone, with its sockets: its visitors have the grace time, or a longer lease, to come back on another. */
  async releaseNode(node: string): Promise<void> {
    const update = { $pull: { sockets: { node } }, $max: { until: this.graceEnd() } };
    await this.deps.model.updateMany({ 'sockets.node': node }, update);
    this.sweepAfterGrace();
  }

  /** End a document when the grace time that began just now is over. */
  endAfterGrace(held: Held): void {
    this.deps.timers.later(this.deps.graceMs + MARGIN_MS, () => this.deps.end(held));
  }

  /** Sweep when a lease of `ms` that began just now may be over. */
  sweepAfter(ms: number): void {
    this.deps.timers.later(ms + MARGIN_MS, () => this.sweep());
  }

  /** Sweep after the grace time: at start, too, because the process before this one gave it to its visitors. */
  sweepAfterGrace(): void {
    this.sweepAfter(this.deps.graceMs);
  }

  /** End every document whose time is over. */
  async sweep(): Promise<void> {
    const { model, timers, end } = this.deps;
    const over = await model.find(this.isOver()).limit(BATCH).lean<Held[]>();
    for (const held of over) {
      if (timers.stopped) return;
      await end(held);
    }
  }
}
