/**
 * Consultants, and which of them are connected. A consultant without a socket is away. Since when decides when their
 * cases are returned; it is stored, because a socket that was lost in silence, or with its node, is noticed late.
 */
import { trusted } from 'mongoose';
import { type Consultant, consultantPerson } from '../../schemas/consult/consultant.js';
import type { ConsultantView } from '../../schemas/consult/contract.js';
import type { Models } from '../../schemas/models.js';
import type { SocketRef } from '../../schemas/people/socket-ref.js';
import type { Clock } from '../database/clock.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';

/** Consultants that are read at once at the most. */
const MANY = 1_000;
/** Milliseconds after which a node stores again that it still has its sockets. */
const HEARTBEAT_MS = 4_000;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
}

export class Consultants {
  constructor(private readonly deps: Deps) {}

  /** A consultant who is here now, for a transfer. @throws AppError consultant_away. */
  async present(id: string): Promise<ConsultantView> {
    const found = await this.deps.models.Consultant.findOne({ _id: id, awaySince: null }).lean<Consultant>();
    if (!found) throw new AppError('consultant_away');
    return consultantPerson(found);
  }

  /** Whether any consultant is here. */
  async staffed(): Promise<boolean> {
    return (await this.deps.models.Consultant.exists({ awaySince: null })) !== null;
  }

  /** All who have been here lately, by name. */
  async list(): Promise<Consultant[]> {
    return this.deps.models.Consultant.find({}).sort({ key: 1 }).limit(MANY).lean<Consultant[]>();
  }

  /**
   * A page of a consultant has connected.
   * @returns false when its session has ended meanwhile: nothing is stored then.
   */
  async socketOpened(id: string, session: string, ref: SocketRef): Promise<boolean> {
    const { models, clock, events } = this.deps;
    const { matchedCount } = await models.Consultant.updateOne(
      { _id: id, session },
      { $addToSet: { sockets: ref }, $set: { awaySince: null, claimedUntil: null, seenAt: clock.date() } },
    );
    if (matchedCount > 0) events.announce('desk.changed');
    return matchedCount > 0;
  }

  /**
   * A socket of a consultant is gone. With the last one the consultant is away.
   * @param silentMs milliseconds since anything was last received from it.
   */
  async socketLost(id: string, { node, socket }: SocketRef, silentMs = 0): Promise<void> {
    await this.deps.models.Consultant.updateOne({ _id: id }, { $pull: { sockets: { node, socket } } });
    await this.#noteAway(id, this.deps.clock.date(-silentMs));
  }

  /**
   * A node died, with its sockets: consultants without another one are away since its last sign of life.
   * @param notBefore they are away since this moment at the earliest, so that they have time to connect to another
   * node.
   */
  async releaseNode(node: string, notBefore: Date): Promise<void> {
    const { models } = this.deps;
    const lost = await models.Consultant.find({ 'sockets.node': node }).limit(MANY).lean<Consultant[]>();
    for (const { _id, seenAt } of lost) {
      await models.Consultant.updateOne({ _id }, { $pull: { sockets: { node } } });
      await this.#noteAway(_id, seenAt > notBefore ? seenAt : notBefore);
    }
  }

  /** This node has its sockets still: the time from which consultants are away if it dies. */
  async heartbeat(node: string): Promise<void> {
    const { models, clock } = this.deps;
    await models.Consultant.updateMany(
      { 'sockets.node': node, seenAt: trusted({ $lt: clock.date(-HEARTBEAT_MS) }) },
      { $set: { seenAt: clock.date() } },
    );
  }

  /** Note a consultant without a socket as away, unless one opened meanwhile. */
  async #noteAway(id: string, since: Date): Promise<void> {
    const { models, events } = this.deps;
    const { modifiedCount } = await models.Consultant.updateOne(
      { _id: id, sockets: trusted({ $size: 0 }), awaySince: null },
      { $set: { awaySince: since } },
    );
    if (modifiedCount > 0) events.announce('desk.changed');
  }
}
