/** Posts over the socket instead of HTTP: what the site offers to programs and the reference does not have. */
import type { Row } from '../figures.js';
import type { Bench } from './bench.js';
import { postingRows, type Scene } from './posting.js';
import type { FilledRoom } from './scenes.js';

const POSTERS = 8;

/** The members of these rooms post over their sockets. Builds that do not know the event have no figures. */
export async function socketRows(bench: Bench, filled: FilledRoom[]): Promise<Row[]> {
  const scenes: Scene[] = [];
  for (const room of filled) {
    if (room.target.build.kind !== 'site') continue;
    const scene = { ...room, posters: overSockets(room) };
    if (await knowsPost(scene)) scenes.push(scene);
  }
  const name = `${filled[0]?.members ?? 0} members, ${POSTERS} posters over the socket`;
  const measured = scenes.map(({ target }) => target.build);
  return postingRows(bench, name, measured, scenes);
}

const overSockets = ({ group, room, members }: FilledRoom) =>
  Array.from({ length: POSTERS }, (_, index) => ({
    via: 'socket' as const,
    group,
    index: index % members,
    event: 'post',
    room,
    receivers: members,
  }));

/** An older build refuses the event like any that it does not know. */
async function knowsPost({ target, load, posters }: Scene): Promise<boolean> {
  await load.prepare(target.url, posters);
  try {
    await load.post({ atOnce: 1, posts: 1 });
    return true;
  } catch (error) {
    if ((error as Error).message.includes('bad_input')) return false;
    throw error;
  }
}
