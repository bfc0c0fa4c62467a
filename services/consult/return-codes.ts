/** Return codes: with one, a visitor goes on with a consultation in another browser. Only hashes are stored. */
import { trusted } from 'mongoose';
import type { Case } from '../../schemas/consult/case.js';
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../database/clock.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import { codeHash, newCode } from './codes.js';
import { STAY_MS } from './visitors.js';

/** Milliseconds for which a code opens a case after the last message in it. */
const VALID_MS = 7 * 86_400_000;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  /** The id of this node. */
  node: string;
}

export class ReturnCodes {
  constructor(private readonly deps: Deps) {}

  /** A new code for a visitor's case; the old one is invalid from now on. @throws AppError consult_not_found. */
  async renew(id: string, visitor: string): Promise<string> {
    const code = newCode();
    const { matchedCount } = await this.deps.models.Case.updateOne(
      { _id: id, visitor },
      { $set: { codeHash: codeHash(code) } },
    );
    if (matchedCount === 0) throw new AppError('consult_not_found');
    return code;
  }

  /**
   * Give a case to the visitor who has its code: it is no longer that of the first browser. The same write uses the
   * code up.
   * @returns the case, and the code that is valid from now on.
   * @throws AppError code_wrong, consult_open (this visitor has an open case).
   */
  async redeem(code: string, visitor: string): Promise<{ found: Case; code: string }> {
    const { models, clock, events, node } = this.deps;
    const next = newCode();
    const wanted = { codeHash: codeHash(code), activeAt: trusted({ $gte: clock.date(-VALID_MS) }) };
    // An ended case would be hidden behind the visitor's open one. Two open ones are refused by the unique index.
    const ended = await models.Case.exists({ ...wanted, state: 'ended' });
    if (ended && (await models.Case.exists({ visitor, open: true }))) throw new AppError('consult_open');
    try {
      const before = await models.Case.findOneAndUpdate(
        wanted,
        {
          $set: {
            visitor,
            visitorAway: null,
            hereSince: clock.date(),
            hereOn: node,
            hereUntil: clock.date(STAY_MS),
            codeHash: codeHash(next),
          },
        },
        { returnDocument: 'before' },
      ).lean<Case>();
      if (!before) throw new AppError('code_wrong');
      const found = { ...before, visitor, visitorAway: null };
      if (before.visitor !== visitor) events.announce('consult.moved', { found, from: before.visitor });
      else if (before.visitorAway) events.announce('consult.presence', found);
      return { found, code: next };
    } catch (error) {
      if (isDuplicateKey(error)) throw new AppError('consult_open', {}, { cause: error });
      throw error;
    }
  }
}
