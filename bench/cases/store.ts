/** How often one post asks the store: alone, and when it meets others. */
import { visitors } from '../clients/visitors.js';
import { storeOperations } from '../clients/store.js';
import type { Row } from '../figures.js';
import { type Case, inTurns, rowsOf, withTargets } from './bench.js';
import { measure, type Scene } from './posting.js';
import { fillRoom } from './scenes.js';

const POSTS = 200;
const POSTERS = 64;

export const store: Case = {
  name: 'store',
  about: 'reads and writes of the store for one post, one poster and 64 (2 members)',
  run: (bench) =>
    withTargets(bench.builds, {}, async (targets, load) => {
      const scenes: Scene[] = [];
      for (const target of targets) {
        const scene = await fillRoom(target, load, await visitors(target.url, 2), 2, POSTERS);
        await measure(scene, { atOnce: POSTERS, posts: POSTERS });
        scenes.push(scene);
      }
      const rows: Row[] = [];
      for (const atOnce of [1, POSTERS]) {
        const counts = await inTurns(scenes, 1, (scene) => operationsEach(scene, atOnce));
        const name = `store operations a post, ${atOnce} at once`;
        const about = { case: '2 members', state: 'warm' } as const;
        rows.push(
          ...rowsOf(bench, bench.builds, counts, about, [
            [{ name, unit: '', better: 'less' }, (count: number) => count],
          ]),
        );
      }
      return rows;
    }),
};

async function operationsEach(scene: Scene, atOnce: number): Promise<number> {
  const before = await storeOperations(scene.target.dataDir);
  const { posts } = await measure(scene, { atOnce, posts: POSTS });
  return ((await storeOperations(scene.target.dataDir)) - before) / posts;
}
