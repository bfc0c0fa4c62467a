/** Whether the visitor of an open case has a page open, so that the desk knows who reads at once and who on return. */
import { trusted } from 'mongoose';
import type { Case } from '../../schemas/consult/case.js';
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../database/clock.js';
import type { EventBus } from '../site/events.js';

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  /** The id of this node. */
  node: string;
}

export class ConsultVisitors {
  constructor(private readonly deps: Deps) {}

  /** A visitor opened a page, or closed the last one: note it in the open case, if there is one. */
  async setHere(visitor: string, here: boolean): Promise<void> {
    const { models, clock, events, node } = this.deps;
    const found = await models.Case.findOneAndUpdate(
      { visitor, open: true },
      { $set: { visitorAway: here ? null : clock.date(), ...(here && { hereOn: node }) } },
      { returnDocument: 'before' },
    ).lean<Case>();
    if (found && !found.visitorAway !== here)
      events.announce('consult.presence', { ...found, visitorAway: here ? null : clock.date() });
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
}
