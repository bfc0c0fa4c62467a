/** What rooms announce: see ../site/events.ts. */
import type { Person } from '../../schemas/people/contract.js';
import type {
  CloseReason,
  ErasedView,
  MessageView,
  NoticeView,
  RemovalReason,
  Roles,
  RoomView,
} from '../../schemas/rooms/contract.js';
import type {} from '../site/events.js';

declare module '../site/events.js' {
  interface DomainEvents {
    'room.opened': [room: RoomView];
    /** The head count, or anything else that the list shows, has changed. */
    'room.changed': [id: string];
    /** The last seat of a room was freed: it closes then, unless somebody sits down. */
    'room.empty': [empty: { room: string; until: Date }];
    /** The host has changed, or the helpers. */
    'room.roles': [changed: { room: string; roles: Roles }];
    /** Its title, seats or rules are not what they were; `listed`: the list shows it now, or no longer. */
    'room.set': [changed: { room: string; listed?: boolean }];
    /** Those in charge did something that is told to the room in one quiet line. */
    'room.notice': [notice: NoticeView & { room: string }];
    /** Something was reported to those in charge, or a report was settled, or others are in charge. */
    'reports.changed': [changed: { room: string }];
    /** A hand was raised or lowered. */
    'hands.changed': [changed: { room: string }];
    /** Somebody knocks, or knocks no more. */
    'knocks.changed': [changed: { room: string }];
    /** A host has admitted or refused somebody who knocked. */
    'knock.answered': [answer: { room: string; visitor: string; isAdmitted: boolean }];
    'room.closed': [end: { room: string; reason: CloseReason }];
    /** Nothing of a room that has ended is stored any more. */
    'room.gone': [end: { room: string }];
    /**
     * Visitors sat down, in this order; `people` counts everybody there. `lang` is the language of who came or went: the
     * sentence that clients are sent is in it.
     */
    'seat.taken': [
      seats: {
        room: string;
        came: { who: Person; lang: string }[];
        people: number;
        /** The id of the host, if they left for good while nobody was there. */
        hostGone: string | null;
      },
    ];
    /** `onPurpose`: they left, and did not only lose their connection. */
    'seat.freed': [
      seat: { room: string; who: Person; people: number; lang: string; onPurpose: boolean; reason?: RemovalReason },
    ];
    /**
     * A visitor was made to leave: none of their sockets hears the room any more. `waitUntil` takes what has to be done before
     * that is answered.
     */
    'seat.removed': [
      removed: {
        room: string;
        visitor: string;
        reason: RemovalReason;
        waitUntil: (work: Promise<unknown>) => void;
      },
    ];
    /** A visitor left a room with every tab: none of them receives its events any more. */
    'seat.left': [left: { room: string; visitor: string }];
    /**
     * All messages that are stored by now are about to be erased. `waitUntil` takes what has to be done before: telling of
     * those that other nodes have stored and not told yet.
     */
    'room.erasing': [erasing: { room: string; waitUntil: (work: Promise<unknown>) => void }];
    /** All messages up to a number were erased; their changes have numbers above `since` up to `rev`. */
    'room.erased': [erased: ErasedView];
    'message.posted': [message: MessageView];
    /** Somebody voted in a poll, it has ended, or something else was done to its message. */
    'poll.changed': [poll: { room: string; chat: string }];
    /** A message without a poll; told in the order of the change numbers. */
    'message.changed': [message: MessageView];
    /** `socket` tells of somebody who types, or no longer does; it does not hear of itself. */
    'room.typing': [typing: { room: string; socket: string; who: Person; on: boolean }];
  }
}
