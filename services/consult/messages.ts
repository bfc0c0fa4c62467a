/**
 * What is said in a consultation: a stream of the message log. Before a message is stored one conditional write proves
 * that its author may speak in the case.
 */
import type { Case } from '../../schemas/consult/case.js';
import { type CaseMessage, consultMessageView } from '../../schemas/consult/case-message.js';
import type { ConsultMessageView, ConsultPage } from '../../schemas/consult/contract.js';
import type { Models } from '../../schemas/models.js';
import type { Person } from '../../schemas/people/contract.js';
import { MessageLog } from '../messages/message-log.js';
import type { Confirmation } from '../messages/stream.js';
import type { Clock } from '../database/clock.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import { type Actor, type Cases, heldBy } from './cases.js';
import type { Retention } from './retention.js';

/** Messages of one answer about what was missed: the rest is asked for. */
const MISSED_MAX = 200;
/** Messages of a transcript. */
const TRANSCRIPT_MAX = 10_000;

interface ConsultDraft {
  id: string;
  actor: Actor;
  author: Person;
  text?: string;
  image?: NonNullable<CaseMessage['image']>;
  clientId?: string | undefined;
}

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  cases: Cases;
  retention: Retention;
  /** Milliseconds in which a consultant is to answer. */
  answerMs: number;
}

export class ConsultMessages {
  readonly #log: MessageLog<CaseMessage, 'seq'>;

  constructor(private readonly deps: Deps) {
    this.#log = new MessageLog<CaseMessage, 'seq'>({
      model: deps.models.CaseMessage,
      numbers: { seq: ['case'] },
      retry: ['case', 'author.id'],
      lane: ['case'],
      together: true,
      confirm: (messages) => this.#confirm(messages),
    });
  }

  /**
   * Store and announce a message.
   * @returns the stored message; for a `clientId` used before by this author in this case, the first one, whatever
   * became of the case.
   * @throws AppError consult_over, consult_taken, forbidden, consult_not_found, busy; anything else when it may be
   * stored all the same.
   */
  async post({ id, actor, author, text = '', image, clientId }: ConsultDraft): Promise<ConsultMessageView> {
    const { clock, retention } = this.deps;
    const known = await this.byClientId(id, author.id, clientId);
    if (known) return known;
    const at = clock.date();
    await retention.extend(await this.#speak(id, actor, at));
    const { message } = await this.#log.append({
      case: id,
      sender: 'visitor' in actor ? 'user' : 'consultant',
      author: { id: author.id, name: author.name, color: author.color },
      text,
      ...(image && { image }),
      ...(clientId === undefined ? {} : { clientId }),
      createdAt: at,
      expiresAt: retention.expiry(),
    });
    return consultMessageView(message);
  }

  /** What this author posted under a client id in this case: a retry of a picture need not be decoded again. */
  async byClientId(id: string, author: string, clientId: string | undefined): Promise<ConsultMessageView | null> {
    const found = await this.#log.byClientId({ case: id, author: { id: author } }, clientId);
    return found && consultMessageView(found);
  }

  /** Messages of a case, in order. The caller has checked whose case it is. */
  async page(id: string, { after, before }: { after?: number; before?: number } = {}): Promise<ConsultPage> {
    const query = after === undefined ? { before } : { after, limit: MISSED_MAX };
    const { messages, more } = await this.#log.page({ case: id }, query);
    const isForward = after !== undefined;
    return { messages: messages.map(consultMessageView), more: isForward && more, older: !isForward && more };
  }

  /** The whole conversation, for a transcript. */
  async whole(id: string): Promise<ConsultMessageView[]> {
    const { messages } = await this.#log.page({ case: id }, { after: 0, limit: TRANSCRIPT_MAX });
    return messages.map(consultMessageView);
  }

  /** Resolves once nothing is being written: for a calm end. */
  settled(): Promise<void> {
    return this.#log.settled();
  }

  /**
   * The right to say something: of who has an open case. The visitor's first unanswered word starts the wait for an
   * answer, an answer stops it.
   * @returns the case as it was before.
   * @throws AppError consult_over, consult_taken, forbidden, consult_not_found.
   */
  async #speak(id: string, actor: Actor, at: Date): Promise<Case> {
    const { models, clock, cases, retention, events, answerMs } = this.deps;
    const isVisitor = 'visitor' in actor;
    const answerDue = isVisitor ? clock.date(answerMs) : undefined;
    const before = await models.Case.findOneAndUpdate(
      { _id: id, open: true, ...heldBy(actor) },
      {
        $set: { activeAt: at, expiresAt: retention.expiry() },
        ...(isVisitor ? { $min: { answerDue } } : { $unset: { answerDue: '' } }),
      },
      { returnDocument: 'before' },
    ).lean<Case>();
    if (!before) return cases.refuse(id, actor);
    if (before.state === 'taken' && Boolean(before.answerDue) !== isVisitor)
      events.announce('consult.due', { ...before, answerDue });
    return before;
  }

  /**
   * Who took a case, or came back to it, while this was written has read it without: whoever has it now is told. The
   * case keeps its newest number.
   */
  async #confirm(messages: CaseMessage[]): Promise<Confirmation[]> {
    const { models, events } = this.deps;
    const newest = new Map(messages.map((message) => [message.case, message.seq]));
    const found = await Promise.all(
      [...newest].map(([_id, lastSeq]) =>
        models.Case.findOneAndUpdate({ _id }, { $max: { lastSeq } }, { returnDocument: 'after' }).lean<Case>(),
      ),
    );
    const cases = new Map([...newest.keys()].map((id, at) => [id, found[at]]));
    return messages.map((message) => {
      const current = cases.get(message.case);
      // Forgotten meanwhile, with all its messages but these.
      if (!current) return new AppError('consult_not_found');
      const sides = { visitor: current.visitor, consultant: current.consultant?.id ?? null };
      return () => events.announce('consult.said', { ...sides, message: consultMessageView(message) });
    });
  }
}
