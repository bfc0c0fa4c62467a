/**
 * Domain events, on a typed in-process bus. Services announce what happened. The broadcasters in controllers/ send it
 * to sockets; a service may react to what another one announced. A listener's error never reaches who announced.
 */
import { EventEmitter } from 'node:events';
import type { Case } from '../../schemas/consult/case.js';
import type { ConsultantView, ConsultMessageView, NoteView, ReturnReason } from '../../schemas/consult/contract.js';
import type { DirectView } from '../../schemas/direct/contract.js';
import type { LobbyMessageView } from '../../schemas/lobby/contract.js';
import type { Person } from '../../schemas/people/contract.js';
import type { CloseReason, MessageView, RoomView } from '../../schemas/rooms/contract.js';

export interface DomainEvents {
  'room.opened': [room: RoomView];
  /** The head count, or anything else that the list shows, has changed. */
  'room.changed': [id: string];
  /** The last seat of a room was freed. `onPurpose`: its visitor left, so there is nobody to wait for. */
  'room.empty': [empty: { room: string; onPurpose: boolean }];
  'room.closed': [end: { room: string; reason: CloseReason }];
  /** `lang` is the language of who came or went: the sentence that clients are sent is in it. */
  'seat.taken': [seat: { room: string; who: Person; people: number; lang: string }];
  'seat.freed': [seat: { room: string; who: Person; people: number; lang: string }];
  /** A visitor left a room with every tab: none of them receives its events any more. */
  'seat.left': [left: { room: string; visitor: string }];
  'message.posted': [message: MessageView];
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
  'lobby.posted': [message: LobbyMessageView];
  /** Who is in the lobby, or under which name, has changed. */
  'lobby.changed': [];
  /** Who is online for messages has changed. */
  'presence.changed': [];
  /** `mail` numbers the message among all that its receiver was ever sent. */
  'direct.sent': [message: DirectView, mail: number];
  /** `quiet`: the other person is blocked and is not told. */
  'direct.read': [mark: { by: string; with: string; upTo: number; quiet: boolean }];
  'direct.typing': [state: { from: string; to: string; on: boolean }];
  /** `by` muted, blocked or unblocked `with`. */
  'direct.changed': [change: { by: string; with: string; blocked?: boolean }];
}

export class EventBus extends EventEmitter<DomainEvents> {
  /** @param onError receives what listeners threw. */
  constructor(private readonly onError: (error: unknown) => void) {
    super();
  }

  /** Call every listener, in the order of their subscription; one that throws stops none of the others. */
  announce<Name extends keyof DomainEvents>(name: Name, ...args: DomainEvents[Name]): void {
    for (const listener of this.listeners(name) as ((...args: DomainEvents[Name]) => void)[]) {
      try {
        listener(...args);
      } catch (error) {
        this.onError(error);
      }
    }
  }
}
