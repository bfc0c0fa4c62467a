/**
 * The typed bus. Services announce what happened; controllers/broadcast.ts decides who hears. A listener that throws is
 * reported and never reaches the service that announced.
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
  /** Head count or anything else in the list changed. */
  'room.changed': [id: string];
  'room.closed': [end: { room: string; reason: CloseReason }];
  /** `lang` is the language of the one who came or went: the ready sentence is in it. */
  'seat.taken': [seat: { room: string; who: Person; people: number; lang: string }];
  'seat.freed': [seat: { room: string; who: Person; people: number; lang: string }];
  /** A visitor left a room with every tab: none of them is to hear of it any more. */
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
  /** The visitor of a case came or went. */
  'consult.presence': [found: Case];
  /** The node that a visitor's line had come to is dead. */
  'consult.left': [found: Case];
  'consult.said': [said: { visitor: string; consultant: string | null; message: ConsultMessageView }];
  /** An answer is due, or is not due any more. */
  'consult.due': [found: Case];
  'consult.noted': [noted: { consultant: string; note: NoteView }];
  /** A consultant came, went or signed out. */
  'desk.changed': [];
  /** Desk sessions, by the hash of their session id, that are over. */
  'desk.signed-out': [sessions: string[]];
  'desk.replies': [];
  /** Ended cases were forgotten: the list of today's has fewer. */
  'desk.forgot': [];
  'lobby.posted': [message: LobbyMessageView];
  /** Who is in the lobby, or under what name, changed. */
  'lobby.changed': [];
  /** Who is online for messages changed. */
  'presence.changed': [];
  /** `mail` is the message's number among all that its receiver was ever sent. */
  'direct.sent': [message: DirectView, mail: number];
  /** `quiet`: the other is blocked and hears nothing. */
  'direct.read': [mark: { by: string; with: string; upTo: number; quiet: boolean }];
  'direct.typing': [state: { from: string; to: string; on: boolean }];
  /** `by` muted, blocked or unblocked `with`. */
  'direct.changed': [change: { by: string; with: string; blocked?: boolean }];
}

export class EventBus extends EventEmitter<DomainEvents> {
  /** @param onError hears of listeners that threw. */
  constructor(private readonly onError: (error: unknown) => void) {
    super();
  }

  /** Tell everybody who listens, in order, each on its own. */
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
