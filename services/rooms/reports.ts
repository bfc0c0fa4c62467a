/**
 * Reports: anybody inside may report a message or a person to those in charge of the room, once each. They see what is
 * reported, how often and why, and not by whom. A report is settled by whatever removes its message or its person, or by
 * those in charge, who dismiss it; nothing of a message is copied into it.
 */
import type { Models } from '../../schemas/models.js';
import type { ReportView } from '../../schemas/rooms/contract.js';
import type { Report } from '../../schemas/rooms/report.js';
import type { Clock } from '../database/clock.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import type { Chats } from './chat.js';
import type { KnownPeople } from './known-people.js';
import { type ReportIn, reportViews } from './report-views.js';

/** Reports of one room. Those that are made at the same time may pass it together. */
const REPORTS_MAX = 1_000;
/** Reports of all rooms that are read at a time. */
const EVERYWHERE_MAX = 1_000;
interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  chats: Pick<Chats, 'find'>;
  knownPeople: Pick<KnownPeople, 'find'>;
}

export class Reports {
  constructor(private readonly deps: Deps) {
    const { events } = deps;
    // Who is in charge from now on is told what there is.
    events.on('room.roles', ({ room }) => events.announce('reports.changed', { room }));
  }

  /**
   * Report a message. Reported before by the same visitor: nothing changes.
   * @param by a visitor who is inside.
   * @throws AppError message_not_found, message_removed, busy (there are too many).
   */
  async reportMessage(room: string, by: string, id: string, why: string): Promise<void> {
    const { author, removed } = await this.deps.chats.find(room, id);
    if (removed) throw new AppError('message_removed');
    const person = { id: author.id, name: author.name, color: author.color };
    await this.#add({ room, target: id, isMessage: true, person, by, why });
  }

  /** Report a person, as a message is. @throws AppError person_not_found, busy. */
  async reportPerson(room: string, by: string, visitor: string, why: string): Promise<void> {
    const person = await this.deps.knownPeople.find(room, visitor);
    await this.#add({ room, target: visitor, isMessage: false, person, by, why });
  }

  /** What is reported in a room, what was reported first on top; each message as it is now. */
  async list(room: string): Promise<ReportView[]> {
    const { Report } = this.deps.models;
    const reports = await Report.find({ room }).sort({ _id: 1 }).limit(REPORTS_MAX).lean<Report[]>();
    return (await reportViews(this.deps.models, reports)).map(({ view }) => view);
  }

  /** What is reported in any room, as `list` has it; of very many reports those that came first. */
  async listEverywhere(): Promise<ReportIn[]> {
    const { models } = this.deps;
    return reportViews(models, await models.Report.find().sort({ _id: 1 }).limit(EVERYWHERE_MAX).lean<Report[]>());
  }

  /** The name of whom a message's or a person's reports are about. @throws AppError report_not_found. */
  async about(room: string, target: string): Promise<{ name: string; isMessage: boolean }> {
    const found = await this.deps.models.Report.findOne({ room, target }).lean<Report>();
    if (!found) throw new AppError('report_not_found');
    return { name: found.person.name, isMessage: found.isMessage };
  }

  /** How many messages and people are reported in a room. */
  async count(room: string): Promise<number> {
    return (await this.deps.models.Report.distinct('target', { room })).length;
  }

  /** Those in charge have looked at it. @param target a message's or a person's id. @throws AppError report_not_found. */
  async dismiss(room: string, target: string): Promise<void> {
    if (!(await this.#delete({ room, target }))) throw new AppError('report_not_found');
  }

  /** A message was removed by those in charge. */
  async settleMessage(room: string, target: string): Promise<void> {
    await this.#delete({ room, target });
  }

  /** A person was made to leave. @param withMessages what they posted is erased, too. */
  async settlePerson(room: string, visitor: string, withMessages: boolean): Promise<void> {
    await this.#delete(withMessages ? { room, 'person.id': visitor } : { room, target: visitor });
  }

  /** A person was kept out of the site: in no room are they still reported as one. */
  async settleEverywhere(visitor: string): Promise<void> {
    const rooms = await this.deps.models.Report.distinct('room', { target: visitor });
    for (const room of rooms) await this.settlePerson(room, visitor, false);
  }

  /** All messages were erased: what is left are reports of people. */
  async settleMessages(room: string): Promise<void> {
    await this.#delete({ room, isMessage: true });
  }

  /** Delete the reports of a room that has ended. */
  async erase(room: string): Promise<void> {
    await this.deps.models.Report.deleteMany({ room });
  }

  async #add({ room, target, by, ...report }: Omit<Report, '_id' | 'createdAt'>): Promise<void> {
    const { models, clock, events } = this.deps;
    if ((await models.Report.countDocuments({ room }).limit(REPORTS_MAX)) >= REPORTS_MAX)
      throw new AppError('busy', { retryAfter: 600 });
    const { upsertedCount } = await models.Report.updateOne(
      { room, target, by },
      { $setOnInsert: { ...report, createdAt: clock.date() } },
      { upsert: true },
    );
    if (upsertedCount > 0) events.announce('reports.changed', { room });
  }

  /** @returns whether there was something to delete. */
  async #delete(filter: { room: string } & Record<string, unknown>): Promise<boolean> {
    const { models, events } = this.deps;
    const { deletedCount } = await models.Report.deleteMany(filter);
    if (deletedCount > 0) events.announce('reports.changed', { room: filter.room });
    return deletedCount > 0;
  }
}
