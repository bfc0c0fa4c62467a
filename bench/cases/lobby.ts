/** The lobby: one place that everybody listens to. The reference has none. */
import { visitors } from '../clients/visitors.js';
import type { SocketSpec } from '../load/groups.js';
import { bySize, type Case, sites, withTargets } from './bench.js';
import { postingRows, type Scene } from './posting.js';
import { VISITORS } from './scenes.js';

const POSTERS = 8;

export const lobby: Case = {
  name: 'lobby',
  about: 'the lobby with 2,000 listeners, 8 posters (site only)',
  run: (bench) =>
    withTargets(sites(bench), {}, async (targets, load) => {
      const listeners = bySize(bench, 500, 2_000);
      const scenes: Scene[] = [];
      for (const target of targets) {
        const cookies = await visitors(target.url, VISITORS);
        const sockets = Array.from({ length: listeners }, (_, index): SocketSpec => {
          const name = `Visitor ${index % VISITORS}`;
          const cookie = cookies[index % VISITORS] ?? '';
          return { kind: 'socket.io', namespace: '/lobby', cookie, join: ['join', { name, batch: true }] };
        });
        await load.open(target.url, target.url, sockets);
        const posters = cookies.slice(0, POSTERS).map((cookie) => ({
          via: 'http' as const,
          cookie,
          path: '/lobby/messages',
          field: 'chat' as const,
          receivers: listeners,
        }));
        scenes.push({ target, load, posters });
      }
      return postingRows(
        bench,
        `lobby, ${listeners.toLocaleString('en')} listeners, ${POSTERS} posters`,
        sites(bench),
        scenes,
      );
    }),
};
