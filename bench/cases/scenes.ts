/** What rooms are made of in every case: who sits in them, who posts. */
import { createRooms } from '../clients/visitors.js';
import type { SocketSpec } from '../load/groups.js';
import type { Load } from '../load/load.js';
import type { PosterSpec } from '../load/posters.js';
import type { Target } from '../target.js';
import type { Scene } from './posting.js';

/** Seats of a room, so visitors of a case; further sockets are more tabs of the same visitors. */
export const VISITORS = 100;

/**
 * A socket that joins a room, as a page of each build does: pages of the site ask for batches, which the articles' app
 * does not have; it gets an event a message. Messages are counted, not frames, so that both must bring the same.
 */
export function memberOf(target: Target, room: string, cookie: string): SocketSpec {
  const wish = target.build.kind === 'site' ? { room, batch: true } : room;
  return { kind: 'socket.io', namespace: '/chat', cookie, page: `/room/${room}`, join: ['join', wish] };
}

/** Somebody who posts into a room over HTTP. */
export const postTo = (room: string, cookie: string, receivers: number): PosterSpec => ({
  via: 'http',
  cookie,
  path: `/room/${room}/chat`,
  field: 'chat',
  receivers,
});

/** A room whose members are connected, and who posts into it. */
export interface FilledRoom extends Scene {
  room: string;
  members: number;
  /** The name under which its sockets were opened. */
  group: string;
}

/** Make a room and let its members join: the first visitors, with more tabs once all have one. */
export async function fillRoom(
  target: Target,
  load: Load,
  cookies: string[],
  members: number,
  posters: number,
): Promise<FilledRoom> {
  const [room = ''] = await createRooms(target.url, cookies, 1);
  const group = `${target.url} ${room}`;
  const cookieOf = (index: number) => cookies[index % Math.min(members, cookies.length)] ?? '';
  const sockets = Array.from({ length: members }, (_, index) => memberOf(target, room, cookieOf(index)));
  await load.open(group, target.url, sockets);
  const who = Array.from({ length: posters }, (_, index) => postTo(room, cookieOf(index), members));
  return { target, load, posters: who, room, members, group };
}
