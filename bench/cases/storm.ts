/** 500 sockets that come at once: into new rooms, and back into them after the server was started again. */
import { createRooms, visitors } from '../clients/visitors.js';
import type { Load } from '../load/load.js';
import type { SocketSpec } from '../load/groups.js';
import type { Measure } from '../figures.js';
import type { Target } from '../target.js';
import { bySize, type Case, inTurns, rowsOf, withTargets } from './bench.js';
import { memberOf } from './scenes.js';

const SOCKETS = 500;
const ROOMS = 10;

interface Came {
  tookMs: number;
  cpuMs: number;
  refused: number;
}

const FIGURES: [Measure, (came: Came) => number][] = [
  [{ name: 'all in their rooms after', unit: 'ms', better: 'less' }, ({ tookMs }) => tookMs],
  [{ name: 'CPU a socket', unit: 'ms', better: 'less' }, ({ cpuMs }) => cpuMs / SOCKETS],
  [{ name: 'refused', unit: '', better: 'less' }, ({ refused }) => refused],
];

export const storm: Case = {
  name: 'storm',
  about: '500 sockets, each another visitor, join 10 rooms at once; and again after a restart of the server',
  run: (bench) =>
    withTargets(bench.builds, {}, async (targets, load) => {
      const sockets = new Map(
        await Promise.all(targets.map(async (target) => [target, await membersOf(target)] as const)),
      );
      const first = await inTurns(targets, 1, (target) => come(target, load, sockets.get(target) ?? []));
      const again = await inTurns(targets, bySize(bench, 1, bench.rounds), async (target) => {
        // The server goes first: its sockets are lost, nobody leaves.
        await target.end();
        await load.close(target.url);
        await target.again();
        return come(target, load, sockets.get(target) ?? []);
      });
      return [
        ...rowsOf(
          bench,
          bench.builds,
          first,
          { case: `${SOCKETS} join ${ROOMS} rooms at once`, state: 'first' },
          FIGURES,
        ),
        ...rowsOf(
          bench,
          bench.builds,
          again,
          { case: `${SOCKETS} come back after a restart`, state: 'first' },
          FIGURES,
        ),
      ];
    }),
};

async function membersOf(target: Target): Promise<SocketSpec[]> {
  const cookies = await visitors(target.url, SOCKETS);
  const rooms = await createRooms(target.url, cookies, ROOMS);
  return cookies.map((cookie, index) => memberOf(target, rooms[index % ROOMS] ?? '', cookie));
}

/** All connect and join at once. */
async function come(target: Target, load: Load, sockets: SocketSpec[]): Promise<Came> {
  const before = await target.cpuMs();
  const { tookMs, refused } = await load.open(target.url, target.url, sockets, SOCKETS, true);
  if (refused.length > 0) console.warn(`${target.build.name}: ${refused.length} sockets were refused: ${refused[0]}`);
  return { tookMs, cpuMs: (await target.cpuMs()) - before, refused: refused.length };
}
