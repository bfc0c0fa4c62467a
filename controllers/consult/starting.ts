/** The start of a consultation, by whichever door. */
import type { Visitor } from '../../services/people/visitors.js';
import type { Site } from '../site/site.js';

export function starting({ services: { cases, consult, limits } }: Site) {
  /**
   * One's consultation: the one under way, which no limit counts, or a new one.
   * @param address from where, as limits count it.
   * @returns the case, and its return code if it is new.
   * @throws AppError rate_limited, busy.
   */
  return async (visitor: Visitor, address: string, topic: string): ReturnType<typeof consult.start> => {
    const underWay = await cases.underWay(visitor.id);
    if (underWay) return { found: underWay, code: null };
    await limits.take('consult', visitor.id);
    await limits.take('consult_ip', address);
    return consult.start(visitor, topic);
  };
}
