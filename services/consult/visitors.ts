/** Whether the visitor of an open case has a page open, so that the desk knows who reads at once and who on return. */
import { trusted } from 'mongoose';
import type { Case } from '../../schemas/consult/case.js';
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../database/clock.js';
import type { EventBus } from '../site/events.js';

/** Milliseconds for which a look at the messages says that the visitor is here; they are reloaded sooner. */
export const STAY_MS = 60_000;
/** Stays that are ended in one go at the most. */
const MANY = 100;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  /** The id of this node. */
  node: string;
}

export class ConsultVisitors {
  constructor(private readonly deps: Deps) {}

  /** A visitor's socket came, or the last one went: note it in the open case, if there is one. A stay is not cut short. */
  async setHere(visitor: string, here: boolean): Promise<void> {
    const { clock, node } = this.deps;
    if (here) return this.#note(visitor, { visitorAway: null, hereOn: node });
    const over = { $or: [{ hereUntil: null }, { hereUntil: trusted({ $lte: clock.date() }) }] };
    return this.#note(visitor, { visitorAway: clock.date() }, over);
  }

  /** A visitor without a socket has looked, or written: here for a minute. */
  async stay(visitor: string): Promise<void> {
    const { clock, node } = this.deps;
    return this.#note(visitor, { visitorAway: null, hereOn: node, hereUntil: clock.date(STAY_MS) });
  }

  /** End the stays that are over, and announce each once: who has no socket either is away. */
  async endStays(): Promise<void> {
    const { models, clock, events } = this.deps;
    const over = { hereUntil: trusted({ $lte: clock.date() }) };
    for (const { _id, visitor } of await models.Case.find(over).select('visitor').limit(MANY).lean<Case[]>()) {
      const { modifiedCount } = await models.Case.updateOne({ ...over, _id }, { $unset: { hereUntil: '' } });
      if (modifiedCount > 0) events.announce('consult.lapsed', { visitor });
    }
  }

  /** Note as away those whose latest connection came to a node that is not alive: it cannot do so itself. */
  async releaseDeadNodes(alive: Iterable<string>): Promise<void> {
    const { models, clock, events } = this.deps;
    const states: Case['state'][] = ['waiting', 'taken'];
    const cut = { state: trusted({ $in: states }), visitorAway: null, hereOn: trusted({ $nin: [...alive] }) };
    for (const { _id } of await models.Case.find(cut).select('_id').lean<Pick<Case, '_id'>[]>()) {
      const found = await models.Case.findOneAndUpdate(
        { ...cut, _id },
        { $set: { visitorAway: clock.date() } },
        { returnDocument: 'after' },
      ).lean<Case>();
      if (!found) continue;
      events.announce('consult.presence', found);
      events.announce('consult.left', found);
    }
  }

  /** Change whether the visitor of an open case is here, and announce it if it was otherwise. */
  async #note(visitor: string, change: Partial<Pick<Case, 'visitorAway' | 'hereOn' | 'hereUntil'>>, only: object = {}) {
    const { models, events } = this.deps;
    const found = await models.Case.findOneAndUpdate(
      { visitor, open: true, ...only },
      { $set: change },
      { returnDocument: 'before' },
    ).lean<Case>();
    if (found && Boolean(found.visitorAway) !== Boolean(change.visitorAway))
      events.announce('consult.presence', { ...found, ...change });
  }
}
