/**
 * Reports of all open rooms, for the operator: the reported message and no other one of its room. What the operator does
 * about one settles it, as it does where those in charge of the room act, and stands in the audit list.
 */
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { ChatActions } from '../rooms/chat-actions.js';
import type { Reports } from '../rooms/reports.js';
import type { Rooms } from '../rooms/rooms.js';
import { AppError } from '../site/errors.js';
import type { Admin } from './admin.js';

interface Deps {
  models: Models;
  admin: Pick<Admin, 'note'>;
  chatActions: Pick<ChatActions, 'removeAs'>;
  reports: Pick<Reports, 'about' | 'dismiss' | 'listEverywhere' | 'settleMessage'>;
  rooms: Pick<Rooms, 'find'>;
}

export class AdminReports {
  constructor(private readonly deps: Deps) {}

  /** What is reported in rooms that are open, what was reported first on top, with the id and title of its room. */
  async list() {
    const { models, reports } = this.deps;
    const all = await reports.listEverywhere();
    const ids = [...new Set(all.map(({ room }) => room))];
    const open = await models.Room.find({ _id: trusted({ $in: ids }), state: 'open' })
      .select('title')
      .lean<Room[]>();
    const titles = new Map(open.map(({ _id, title }) => [String(_id), title]));
    return all.flatMap(({ room, view }) => {
      const title = titles.get(room);
      return title === undefined ? [] : [{ ...view, room, title }];
    });
  }

  /**
   * Dismiss all reports of a message or a person.
   * @param target the id of the message, or of the person.
   * @throws AppError report_not_found, room_not_found, room_closed.
   */
  async dismiss(room: string, target: string, by: string): Promise<void> {
    const { title, name } = await this.#find(room, target);
    await this.deps.reports.dismiss(room, target);
    await this.deps.admin.note('report_dismissed', by, `${name} · ${title}`);
  }

  /**
   * Remove a reported message, with its picture. Its room is told that the operator did it.
   * @throws AppError report_not_found (also of a message that is not reported), room_not_found, room_closed, busy.
   */
  async removeMessage(room: string, target: string, by: string): Promise<void> {
    const { admin, chatActions, reports } = this.deps;
    const { title, name, isMessage } = await this.#find(room, target);
    if (!isMessage) throw new AppError('report_not_found');
    await chatActions.removeAs('operator', room, target);
    await reports.settleMessage(room, target);
    await admin.note('message_removed', by, `${name} · ${title}`);
  }

  async #find(room: string, target: string) {
    const { title } = await this.deps.rooms.find(room);
    return { title, ...(await this.deps.reports.about(room, target)) };
  }
}
