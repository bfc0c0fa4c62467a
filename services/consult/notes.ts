/** Notes that consultants keep beside a case, for themselves: nothing that a visitor can reach reads them. */
import { Types } from 'mongoose';
import { type CaseNote, noteView } from '../../schemas/consult/case-message.js';
import type { ConsultantView, NoteView } from '../../schemas/consult/contract.js';
import type { Models } from '../../schemas/models.js';
import type { Clock } from '../database/clock.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import type { Cases } from './cases.js';
import type { Retention } from './retention.js';

/** Notes shown beside a case. */
const NOTES_MAX = 100;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  cases: Cases;
  retention: Retention;
}

export class ConsultNotes {
  constructor(private readonly deps: Deps) {}

  /** Keep a note beside a case that one has. @throws AppError forbidden, consult_taken, consult_over, consult_not_found. */
  async add(id: string, author: ConsultantView, text: string): Promise<NoteView> {
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
  async latest(id: string): Promise<NoteView[]> {
    const found = await this.deps.models.CaseNote.find({ case: id })
      .sort({ createdAt: -1, _id: -1 })
      .limit(NOTES_MAX)
      .lean<CaseNote[]>();
    return found.reverse().map(noteView);
  }
}
