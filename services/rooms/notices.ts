/**
 * What those in charge of a room did, told to everybody inside in one quiet line. What matters also to who comes later is kept
 * in the room's document, the latest few; the rest is seen in the room itself (its rules, its roles, removed messages) and is
 * told live only. None of it is a message, so that clients that know only messages are told nothing odd.
 */
import type { Models } from '../../schemas/models.js';
import type { NoticeKind } from '../../schemas/rooms/contract.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { RoomSettings } from '../../schemas/rooms/settings-payloads.js';
import type { Clock } from '../database/clock.js';
import type { EventBus } from '../site/events.js';

/** Notices of one room that are kept. */
const KEPT = 50;

const isLasting = (what: NoticeKind): boolean => what === 'transcript' || what === 'erased';

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
}

/** What is said of a change, and with which number. */
type Said = [what: NoticeKind, count?: number];

export class Notices {
  constructor(private readonly deps: Deps) {}

  /** Tell the room. Resolves once who comes later will be told, too, where that matters. */
  async tell(room: string, what: NoticeKind, count?: number): Promise<void> {
    const { models, clock, events } = this.deps;
    const at = clock.date();
    const notice = { what, ...(count !== undefined && { count }) };
    if (isLasting(what)) {
      const push = { $push: { notices: { $each: [{ ...notice, at }], $slice: -KEPT } } };
      await models.Room.updateOne({ _id: room, state: 'open' }, push);
    }
    events.announce('room.notice', { room, ...notice, at: at.toISOString() });
  }

  /** Tell what a host has set, each thing that is not what it was. */
  async tellSettings(before: Room, settings: RoomSettings): Promise<void> {
    for (const [what, count] of changesOf(before, settings)) await this.tell(String(before._id), what, count);
  }
}

/** What is not as it was. */
function changesOf(before: Room, settings: RoomSettings): Said[] {
  const { title, max, password, slow } = settings;
  const said: Said[] = [];
  if (title !== undefined && title !== before.title) said.push(['title']);
  if (max !== undefined && max !== before.max) said.push(['seats', max]);
  if (password) said.push(['password_set']);
  else if (password === '' && before.locked) said.push(['password_dropped']);
  if (slow !== undefined && slow !== (before.slow ?? 0)) said.push(slow ? ['slow', slow] : ['slow_off']);
  const { closedDoor, approval, listed, hostsOnly, picturesPaused } = settings;
  const switches: [now: boolean | undefined, was: boolean | null | undefined, on: NoticeKind, off: NoticeKind][] = [
    [closedDoor, before.closedDoor, 'door_closed', 'door_open'],
    [approval, before.approval, 'approval', 'approval_off'],
    [listed, !before.unlisted, 'listed', 'unlisted'],
    [hostsOnly, before.hostsOnly, 'hosts_only', 'everybody_writes'],
    [picturesPaused, before.picturesPaused, 'pictures_paused', 'pictures_free'],
  ];
  for (const [now, was, on, off] of switches)
    if (now !== undefined && now !== (was ?? false)) said.push([now ? on : off]);
  return said;
}
