/** Reports over HTTP: everybody inside reports, those in charge look and dismiss. */
import type { Request, RequestHandler } from 'express';
import { report, reportTarget } from '../../schemas/rooms/settings-payloads.js';
import type { Action } from '../../services/rooms/rights.js';
import { addressKey } from '../../services/site/addresses.js';
import { AppError } from '../../services/site/errors.js';
import { messageIdOf } from '../messages/message-address.js';
import { formsOf } from '../site/form.js';
import type { Site } from '../site/site.js';
import { bodyOf, isEmpty, parse } from '../site/validate.js';
import { visitorOf } from '../site/visitor.js';
import { personIn, roomIdOf, roomOf } from './room-address.js';

export function reportsHttp(site: Site) {
  const { reports, roles, limits } = site.services;
  const inRoom = formsOf(site, { path: (request) => `/room/${roomIdOf(request)}`, said: 'reported' });
  const inSettings = formsOf(site, { path: (request) => `/room/${roomIdOf(request)}/settings` });

  /** @returns the room's id. @throws AppError not_admitted, not_host, banned, room_not_found, room_closed. */
  async function allowed(request: Request, action: Action): Promise<string> {
    const room = await roomOf(request, site);
    await roles.require(room, visitorOf(request).id, action);
    return String(room._id);
  }

  /** @param add what is done once all is known. */
  const reporting = (add: (request: Request, room: string, by: string, why: string) => Promise<void>) =>
    inRoom.form(async (request) => {
      const { why } = parse(report, isEmpty(request) ? {} : bodyOf(request));
      const room = await allowed(request, 'report');
      const by = visitorOf(request).id;
      await limits.take('report', by);
      await limits.take('report_ip', addressKey(request.ip));
      await add(request, room, by, why);
      return { ok: true };
    }, 202);

  const list: RequestHandler = async (request, response) => {
    response.json({ reports: await reports.list(await allowed(request, 'reports')) });
  };

  const dismiss = inSettings.form(async (request) => {
    const room = await allowed(request, 'reports');
    const target = reportTarget.safeParse(request.params['target']);
    if (!target.success) throw new AppError('report_not_found');
    await reports.dismiss(room, target.data);
    return { ok: true };
  });

  return {
    reportMessage: reporting((request, room, by, why) => reports.reportMessage(room, by, messageIdOf(request), why)),
    reportPerson: reporting((request, room, by, why) => reports.reportPerson(room, by, personIn(request), why)),
    list,
    dismiss,
  };
}
