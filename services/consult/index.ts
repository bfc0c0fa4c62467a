/** The services of the consultation desk. */
import { OBJECT_ID } from '../../schemas/site/text.js';
import { ImageStore } from '../messages/image-store.js';
import type { MessageServices } from '../messages/index.js';
import type { PeopleServices } from '../people/index.js';
import type { Base } from '../site/base.js';
import { CannedReplies } from './canned-replies.js';
import { Cases } from './cases.js';
import { Consult } from './consult.js';
import { Consultants } from './consultants.js';
import { DeskSessions } from './desk-sessions.js';
import { Desk } from './desk.js';
import type {} from './events.js';
import { ConsultMessages } from './messages.js';
import { ConsultNotes } from './notes.js';
import { ConsultQueue } from './queue.js';
import { Retention } from './retention.js';
import { ReturnCodes } from './return-codes.js';
import { ConsultVisitors } from './visitors.js';

export function createConsult(given: Base & PeopleServices & MessageServices) {
  const { config, models } = given;
  const base = { ...given, ...config.consult, node: given.nodes.id };
  const cases = new Cases(base);
  const retention = new Retention(base);
  const consult = new Consult({ ...base, cases, retention });
  const consultants = new Consultants(base);
  const consultQueue = new ConsultQueue({ ...base, consultants });
  const consultVisitors = new ConsultVisitors(base);
  const deskSessions = new DeskSessions({ ...base, password: config.consultPassword });
  const kind = {
    folder: 'consult',
    id: OBJECT_ID,
    model: models.Case,
    open: { open: true },
    closed: 'consult_over',
    messages: { model: models.CaseMessage, image: 'image', owner: 'case' },
  } as const;
  const consultImages = new ImageStore({ ...base, kind });
  return {
    cases,
    consult,
    consultants,
    consultQueue,
    consultVisitors,
    deskSessions,
    consultImages,
    returnCodes: new ReturnCodes(base),
    consultMessages: new ConsultMessages({ ...base, cases, retention }),
    consultNotes: new ConsultNotes({ ...base, cases, retention }),
    cannedReplies: new CannedReplies(base),
    desk: new Desk({
      ...base,
      cases,
      consult,
      consultants,
      retention,
      visitors: consultVisitors,
      sessions: deskSessions,
      queue: consultQueue,
      images: consultImages,
    }),
  };
}
