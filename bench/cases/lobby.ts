/** The lobby: one place that everybody listens to. The reference has none. */
import { visitors } from '../clients/visitors.js';
import type { SocketSpec } from '../load/groups.js';
import { type Case, sites, withTargets } from './bench.js';
import { postingRows, type Scene } from './posting.js';
import { VISITORS } from './scenes.js';

const LISTENERS = 2_000;
const POSTERS = 8;
/** Sockets that come together while the case is set up. */
const AT_ONCE = 100;

export const lobby: Case = {
  name: 'lobby',
  about: `the lobby with ${LISTENERS.toLocaleString('en')} listeners, ${POSTERS} posters (site only)`,
  run: (bench) =>
    withTargets(sites(bench), {}, async (targets, load) => {
      const scenes: Scene[] = [];
      for (const target of targets) {
        const cookies = await visitors(target.url, VISITORS);
        const sockets = Array.from({ length: LISTENERS }, (_, index): SocketSpec => {
          const name = `Visitor ${index % VISITORS}`;
          const cookie = cookies[index % VISITORS] ?? '';
          return { kind: 'socket.io', namespace: '/lobby', cookie, join: ['join', { name, batch: true }] };
        });
        await load.open(target.url, target.url, sockets, AT_ONCE);
        const posters = cookies.slice(0, POSTERS).map((cookie) => ({
          via: 'http' as const,
          cookie,
          path: '/lobby/messages',
          field: 'chat' as const,
          receivers: LISTENERS,
        }));
        scenes.push({ target, load, posters });
      }
      return postingRows(
        bench,
        `lobby, ${LISTENERS.toLocaleString('en')} listeners, ${POSTERS} posters`,
        sites(bench),
        scenes,
      );
    }),
};
