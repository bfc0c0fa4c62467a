/** What the operator does about a report. Who asks is signed in (admin.http.ts). */
import type { Request } from 'express';
import { reportTarget } from '../../schemas/rooms/settings-payloads.js';
import { AppError } from '../../services/site/errors.js';
import { roomIdOf } from '../rooms/room-address.js';
import type { Site } from '../site/site.js';
import { form } from './answer.js';

export function adminReportsHttp(site: Site) {
  const { adminReports } = site.services;

  /** @param act what is done about the reports of a message or a person in a room. */
  const about = (act: (room: string, target: string, by: string) => Promise<void>) =>
    form(site, (request, by) => act(roomIdOf(request), targetOf(request), by));

  return {
    dismiss: about((room, target, by) => adminReports.dismiss(room, target, by)),
    removeMessage: about((room, target, by) => adminReports.removeMessage(room, target, by)),
  };
}

/** @throws AppError report_not_found. */
function targetOf(request: Request): string {
  const target = reportTarget.safeParse(request.params['target']);
  if (!target.success) throw new AppError('report_not_found');
  return target.data;
}
