/** What the consultation desk announces: see ../site/events.ts. */
import type { Case } from '../../schemas/consult/case.js';
import type { ConsultantView, ConsultMessageView, NoteView, ReturnReason } from '../../schemas/consult/contract.js';
import type {} from '../site/events.js';

declare module '../site/events.js' {
  interface DomainEvents {
    'consult.started': [found: Case];
    'consult.taken': [found: Case];
    'consult.returned': [returned: { found: Case; from: ConsultantView; why: ReturnReason }];
    'consult.transferred': [moved: { found: Case; from: ConsultantView }];
    'consult.ended': [found: Case];
    'consult.rated': [found: Case];
    /** A return code was used: the case belongs to another browser now. */
    'consult.moved': [moved: { found: Case; from: string }];
    /** The visitor of a case opened a page, or closed the last one. */
    'consult.presence': [found: Case];
    /** The node that the visitor of a case was connected to is dead. */
    'consult.left': [found: Case];
    /** The stay of a visitor without a socket is over. */
    'consult.lapsed': [lapsed: { visitor: string }];
    'consult.said': [said: { visitor: string; consultant: string | null; message: ConsultMessageView }];
    /** An answer is due from now on, or is not due any more. */
    'consult.due': [found: Case];
    'consult.noted': [noted: { consultant: string; note: NoteView }];
    /** A consultant came, went or signed out, or a case of theirs is gone. */
    'desk.changed': [];
    /** Desk sessions that are over, by the hash of their session id. */
    'desk.signed-out': [sessions: string[]];
    /** The canned replies have changed. */
    'desk.replies': [];
    /** Ended cases were deleted: the list of ended consultations has fewer. */
    'desk.forgot': [];
  }
}
