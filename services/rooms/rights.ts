/**
 * Who may do what in a room: one table, and the refusal of everybody else. What a role is right now is looked up by
 * roles.ts; the places that ask are named in each row, and test/rooms/rights.test.ts walks them all.
 */
import type { Room } from '../../schemas/rooms/room.js';
import { AppError, type ErrorCode } from '../site/errors.js';

/**
 * `none`: not let in. `knocking`: waits to be admitted. `member`: let in. `helper`, `host`: those in charge.
 * `banned`: kept out for as long as the room lives.
 */
export type Role = 'none' | 'knocking' | 'member' | 'helper' | 'host' | 'banned';

/** What somebody is who has no office in the room. */
export type Standing = Exclude<Role, 'helper' | 'host'>;

interface Right {
  roles: readonly Role[];
  /** Routes, and events of `/chat`, that this right is asked at. */
  doors: readonly string[];
}

const ANYBODY = ['none', 'knocking', 'member', 'helper', 'host', 'banned'] as const;
/** Whether they come in is also a matter of the password, of the door, of seats and of the host: services/rooms/door.ts. */
const NOT_BANNED = ['none', 'knocking', 'member', 'helper', 'host'] as const;
const MEMBERS = ['member', 'helper', 'host'] as const;
const IN_CHARGE = ['helper', 'host'] as const;
const HOST = ['host'] as const;

/** Every route of one room, and every event of `/chat`. */
export const RIGHTS = {
  enter: {
    roles: NOT_BANNED,
    doors: ['GET /room/:id', 'GET /room/:id/log', 'POST /room/:id/enter', 'POST /room/:id/sit', '/chat join'],
  },
  /** Changes nothing for those who are not there. */
  leave: {
    roles: ANYBODY,
    doors: ['POST /room/:id/leave', '/chat leave', '/chat typing'],
  },
  /** What says nothing of the room that its link does not say, and a receipt in figures. */
  glance: {
    roles: ANYBODY,
    doors: ['GET /room/:id/enter', 'GET /room/:id/qr.svg', 'GET /room/:id/closed'],
  },
  read: {
    roles: MEMBERS,
    doors: ['GET /room/:id/chats', 'GET /room/:id/search', 'GET /gif/:name', 'GET /room/:id/chat/:message/reactions'],
  },
  post: { roles: MEMBERS, doors: ['POST /room/:id/chat', 'POST /room/:id/gif', '/chat post'] },
  vote: { roles: MEMBERS, doors: ['PUT /room/:id/polls/:chat/vote', 'POST /room/:id/polls/:chat/vote'] },
  poll: { roles: IN_CHARGE, doors: ['POST /room/:id/polls', 'POST /room/:id/polls/:chat/end'] },
  /** What is done to messages, each to one's own but for reactions. */
  change: {
    roles: MEMBERS,
    doors: [
      'PATCH /room/:id/chat/:message',
      'DELETE /room/:id/chat/:message',
      'PUT /room/:id/chat/:message/reactions/:emoji',
      'DELETE /room/:id/chat/:message/reactions/:emoji',
      'POST /room/:id/chat/:message/edit',
      'POST /room/:id/chat/:message/delete',
    ],
  },
  /** Asked where it turns out that a message to remove is somebody else's. */
  removeOthers: { roles: IN_CHARGE, doors: [] },
  /** Everything that was said so far. */
  erase: { roles: IN_CHARGE, doors: ['DELETE /room/:id/chats', 'POST /room/:id/erase'] },
  remove: { roles: IN_CHARGE, doors: ['POST /room/:id/people/:visitor/remove'] },
  bans: { roles: IN_CHARGE, doors: ['GET /room/:id/bans', 'DELETE /room/:id/bans/:ban'] },
  admit: {
    roles: IN_CHARGE,
    doors: ['GET /room/:id/knocks', 'POST /room/:id/knocks', 'POST /room/:id/knocks/:visitor'],
  },
  appoint: { roles: HOST, doors: ['PUT /room/:id/people/:visitor/role', 'POST /room/:id/people/:visitor/role'] },
  /** Of a message or a person, to those in charge. */
  report: {
    roles: MEMBERS,
    doors: ['POST /room/:id/chat/:message/report', 'POST /room/:id/people/:visitor/report'],
  },
  reports: {
    roles: IN_CHARGE,
    doors: ['GET /room/:id/reports', 'DELETE /room/:id/reports/:target', 'POST /room/:id/reports/:target/dismiss'],
  },
  transcript: {
    roles: HOST,
    doors: ['GET /room/:id/transcript', 'GET /room/:id/transcript.html', 'GET /room/:id/transcript.txt'],
  },
  bots: {
    roles: HOST,
    doors: ['GET /api/v1/rooms/:id/bots', 'POST /api/v1/rooms/:id/bots', 'DELETE /api/v1/rooms/:id/bots/:bot'],
  },
  set: { roles: IN_CHARGE, doors: ['PATCH /room/:id', 'GET /room/:id/settings', 'POST /room/:id/settings'] },
  /** In a change of the room: its password. */
  password: { roles: HOST, doors: [] },
  hand: {
    roles: MEMBERS,
    doors: ['PUT /room/:id/hand', 'DELETE /room/:id/hand', 'POST /room/:id/hand', 'POST /room/:id/hand/lower'],
  },
  call: { roles: IN_CHARGE, doors: ['DELETE /room/:id/hands/:visitor', 'POST /room/:id/hands/:visitor/lower'] },
  pin: { roles: IN_CHARGE, doors: ['PUT /room/:id/pinned', 'POST /room/:id/pinned'] },
  close: { roles: HOST, doors: ['DELETE /room/:id', 'POST /room/:id/delete'] },
} as const satisfies Record<string, Right>;

export type Action = keyof typeof RIGHTS;

/** The role of a visitor. @param standing what they are if neither host nor helper. */
export function roleOf(room: Pick<Room, 'owner' | 'helpers'>, visitor: string, standing: Standing): Role {
  if (room.owner === visitor) return 'host';
  return room.helpers?.includes(visitor) ? 'helper' : standing;
}

/** @throws AppError banned; not_admitted where members may; not_host where only those in charge may. */
export function requireRight(role: Role, action: Action): void {
  const allowed: readonly Role[] = RIGHTS[action].roles;
  if (!allowed.includes(role)) throw new AppError(refusalOf(role, allowed));
}

function refusalOf(role: Role, allowed: readonly Role[]): ErrorCode {
  if (role === 'banned') return 'banned';
  return allowed.includes('member') ? 'not_admitted' : 'not_host';
}
