/**
 * What is said in a consultation, and the notes beside it. A message takes the case's next `seq` together with the
 * proof that its author may speak there, is stored, is announced, and only then answered.
 */
import { Types, trusted } from 'mongoose';
import type { Case } from '../../schemas/consult/case.js';
import { type CaseMessage, type CaseNote, consultMessageView, noteView } from '../../schemas/consult/case-message.js';
import type { ConsultantView, ConsultMessageView, ConsultPage, NoteView } from '../../schemas/consult/contract.js';
import type { Person } from '../../schemas/people/contract.js';
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../site/clock.js';
import { type Actor, type Cases, heldBy } from './cases.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import { isDuplicateKey } from '../site/duplicate-key.js';
import { Serial } from '../site/serial.js';
import type { Retention } from './retention.js';

/** Messages of one answer about what was missed, and about what came before: the rest is asked for. */
const PAGE = { after: 200, before: 50 } as const;
const NOTES_MAX = 100;
/** Messages of a transcript. */
const TRANSCRIPT_MAX = 10_000;

export interface ConsultDraft {
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
  answerMs: number;
}

export class ConsultMessages {
  readonly #serial = new Serial();

  constructor(private readonly deps: Deps) {}

  /**
   * Store and announce a message.
   * @returns the stored message; for a `clientId` used before by this author in this case, the first one.
   * @throws AppError consult_over, consult_taken, forbidden, consult_not_found.
   */
  post(draft: ConsultDraft): Promise<ConsultMessageView> {
    return this.#serial.run(draft.id, () => this.#post(draft));
  }

  async #post(draft: ConsultDraft): Promise<ConsultMessageView> {
    const { models, clock, events, cases, retention } = this.deps;
    const known = await this.ofClientId(draft.id, draft.author.id, draft.clientId);
    if (known) return consultMessageView(known);
    const at = clock.date();
    const before = await this.#nextSeq(draft, at);
    const message: CaseMessage = {
      _id: new Types.ObjectId(),
      case: draft.id,
      seq: before.lastSeq + 1,
      sender: 'visitor' in draft.actor ? 'user' : 'consultant',
      author: { id: draft.author.id, name: draft.author.name, color: draft.author.color },
      text: draft.text ?? '',
      ...(draft.image && { image: draft.image }),
      ...(draft.clientId !== undefined && { clientId: draft.clientId }),
      createdAt: at,
      expiresAt: retention.expiry(),
    };
    try {
      await models.CaseMessage.collection.insertOne(message);
    } catch (error) {
      const first = isDuplicateKey(error) && (await this.ofClientId(draft.id, draft.author.id, draft.clientId));
      if (!first) throw error;
      return consultMessageView(first);
    }
    const view = consultMessageView(message);
    // Who took the case, or came back to it, while this was written has read it without: they hear it, too.
    const now = (await cases.peek(draft.id).catch(() => null)) ?? before;
    events.announce('consult.said', { visitor: now.visitor, consultant: now.consultant?.id ?? null, message: view });
    // The visitor's first unanswered word starts the clock, an answer stops it.
    if (now.state === 'taken' && Boolean(before.answerDue) === 'consultant' in draft.actor)
      events.announce('consult.due', now);
    await retention.extend(before);
    return view;
  }

  /**
   * The next place in the conversation, for who may speak in it; starts or stops the wait for an answer.
   * @returns the case as it was before.
   */
  async #nextSeq({ id, actor }: ConsultDraft, now: Date): Promise<Case> {
    const { models, clock, cases, retention, answerMs } = this.deps;
    const seen = { activeAt: now, expiresAt: retention.expiry() };
    const found = await models.Case.findOneAndUpdate(
      { _id: id, open: true, ...heldBy(actor) },
      {
        $inc: { lastSeq: 1 },
        $set: seen,
        ...('visitor' in actor ? { $min: { answerDue: clock.date(answerMs) } } : { $unset: { answerDue: '' } }),
      },
      { returnDocument: 'before' },
    ).lean<Case>();
    return found ?? cases.refuse(id, actor);
  }

  /** What this author stored under a client id, so that a retry need not be decoded again. */
  async ofClientId(id: string, author: string, clientId: string | undefined): Promise<CaseMessage | null> {
    if (clientId === undefined) return null;
    return this.deps.models.CaseMessage.findOne({ case: id, 'author.id': author, clientId }).lean<CaseMessage>();
  }

  /** Messages of a case, in order. The caller has checked whose case it is. */
  async page(id: string, { after, before }: { after?: number; before?: number } = {}): Promise<ConsultPage> {
    const { CaseMessage } = this.deps.models;
    if (after !== undefined) {
      const found = await CaseMessage.find({ case: id, seq: trusted({ $gt: after }) })
        .sort({ seq: 1 })
        .limit(PAGE.after + 1)
        .lean<CaseMessage[]>();
      const messages = found.slice(0, PAGE.after).map(consultMessageView);
      return { messages, more: found.length > PAGE.after, older: false };
    }
    const found = await CaseMessage.find({ case: id, ...(before !== undefined && { seq: trusted({ $lt: before }) }) })
      .sort({ seq: -1 })
      .limit(PAGE.before + 1)
      .lean<CaseMessage[]>();
    const messages = found.slice(0, PAGE.before).reverse().map(consultMessageView);
    return { messages, more: false, older: found.length > PAGE.before };
  }

  /** The whole conversation, for a transcript. */
  async whole(id: string): Promise<ConsultMessageView[]> {
    const found = await this.deps.models.CaseMessage.find({ case: id })
      .sort({ seq: 1 })
      .limit(TRANSCRIPT_MAX)
      .lean<CaseMessage[]>();
    return found.map(consultMessageView);
  }

  /** Keep a note beside a case that one has. @throws AppError forbidden, consult_taken, consult_over, consult_not_found. */
  async note(id: string, author: ConsultantView, text: string): Promise<NoteView> {
    const { models, clock, events, cases, retention } = this.deps;
    const found = await cases.find(id, { consultant: author.id });
    if (found.state !== 'taken') throw new AppError('consult_over');
    const note: CaseNote = {
      _id: new Types.ObjectId(),
      case: id,
      author: { id: author.id, name: author.name, color: author.color },
      text,
      createdAt: clock.date(),
      expiresAt: retention.expiry(),
    };
    await models.CaseNote.collection.insertOne(note);
    const view = noteView(note);
    events.announce('consult.noted', { consultant: author.id, note: view });
    return view;
  }

  /** The latest notes beside a case, the oldest of them first: for its consultant. */
  async notes(id: string): Promise<NoteView[]> {
    const found = await this.deps.models.CaseNote.find({ case: id })
      .sort({ createdAt: -1, _id: -1 })
      .limit(NOTES_MAX)
      .lean<CaseNote[]>();
    return found.reverse().map(noteView);
  }

  /** Resolves once nothing is being written: for a calm end. */
  settled(): Promise<void> {
    return this.#serial.settled();
  }
}
