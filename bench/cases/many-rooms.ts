/** Posts into many small rooms at once. */
import { createRooms, visitors } from '../clients/visitors.js';
import type { Load } from '../load/load.js';
import type { Target } from '../target.js';
import { type Case, withTargets } from './bench.js';
import { postingRows, type Scene } from './posting.js';
import { memberOf, postTo, VISITORS } from './scenes.js';

const ROOMS = 200;
const SIZE = 5;
const POSTERS = 64;
/** Sockets that come together while the case is set up. */
const AT_ONCE = 100;

export const manyRooms: Case = {
  name: 'many-rooms',
  about: `${ROOMS} rooms of ${SIZE}, ${POSTERS} posts under way`,
  run: (bench) =>
    withTargets(bench.builds, {}, async (targets, load) => {
      const scenes = await Promise.all(targets.map((target) => fillRooms(target, load)));
      return postingRows(bench, `${ROOMS} rooms of ${SIZE}, ${POSTERS} posters`, bench.builds, scenes, POSTERS);
    }),
};

async function fillRooms(target: Target, load: Load): Promise<Scene> {
  const cookies = await visitors(target.url, VISITORS);
  const ids = await createRooms(target.url, cookies, ROOMS);
  const cookieOf = (room: number, seat: number) => cookies[(room * SIZE + seat) % VISITORS] ?? '';
  const sockets = ids.flatMap((room, at) =>
    Array.from({ length: SIZE }, (_, seat) => memberOf(target, room, cookieOf(at, seat))),
  );
  await load.open(target.url, target.url, sockets, AT_ONCE);
  const posters = Array.from({ length: ROOMS }, (_, index) =>
    postTo(ids[index] ?? '', cookieOf(index, index % SIZE), SIZE),
  );
  return { target, load, posters };
}
