/** Posts into many small rooms at once. */
import { createRooms, visitors } from '../clients/visitors.js';
import type { Load } from '../load/load.js';
import type { Target } from '../target.js';
import { bySize, type Case, withTargets } from './bench.js';
import { postingRows, type Scene } from './posting.js';
import { memberOf, postTo, VISITORS } from './scenes.js';

const SIZE = 5;
const POSTERS = 64;

export const manyRooms: Case = {
  name: 'many-rooms',
  about: '200 rooms of 5 (--quick: 40), 64 posts under way',
  run: (bench) =>
    withTargets(bench.builds, {}, async (targets, load) => {
      const count = bySize(bench, 40, 200);
      const scenes = await Promise.all(targets.map((target) => fillRooms(target, load, count)));
      return postingRows(bench, `${count} rooms of ${SIZE}, ${POSTERS} posters`, bench.builds, scenes, POSTERS);
    }),
};

async function fillRooms(target: Target, load: Load, count: number): Promise<Scene> {
  const cookies = await visitors(target.url, VISITORS);
  const ids = await createRooms(target.url, cookies, count);
  const cookieOf = (room: number, seat: number) => cookies[(room * SIZE + seat) % VISITORS] ?? '';
  const sockets = ids.flatMap((room, at) =>
    Array.from({ length: SIZE }, (_, seat) => memberOf(target, room, cookieOf(at, seat))),
  );
  await load.open(target.url, target.url, sockets);
  const posters = Array.from({ length: Math.max(count, POSTERS) }, (_, index) =>
    postTo(ids[index % count] ?? '', cookieOf(index % count, index % SIZE), SIZE),
  );
  return { target, load, posters };
}
