/** Direct messages: over HTTP to Socket.IO as the pages do, and between two connections of the raw gateway. */
import { visitorId, visitors } from '../clients/visitors.js';
import type { Load } from '../load/load.js';
import type { PosterSpec } from '../load/posters.js';
import type { Target } from '../target.js';
import { type Case, sites, withTargets } from './bench.js';
import { postingRows, type Scene } from './posting.js';

const PAIRS = 20;
/** Messages of one sender under way at once. */
const EACH = 4;

export const direct: Case = {
  name: 'direct',
  about: 'direct messages between 20 pairs, over HTTP and over the raw gateway (site only)',
  run: (bench) =>
    withTargets(sites(bench), {}, async (targets, load) => {
      const pages = await Promise.all(targets.map((target) => pageScene(target, load)));
      const raw = await Promise.all(targets.map((target) => gatewayScene(target, load)));
      return [
        ...(await postingRows(bench, `direct, ${PAIRS} pairs, HTTP to Socket.IO`, sites(bench), pages)),
        ...(await postingRows(bench, `direct, ${PAIRS} pairs, raw to raw`, sites(bench), raw)),
      ];
    }),
};

const fourOfEach = (posters: PosterSpec[]): PosterSpec[] => Array.from({ length: EACH }, () => posters).flat();

async function pageScene(target: Target, load: Load): Promise<Scene> {
  const { url } = target;
  const [senders, receivers] = [await visitors(url, PAIRS), await visitors(url, PAIRS)];
  const ids = await Promise.all(receivers.map((cookie) => visitorId(url, cookie)));
  const auth = { batch: true };
  const sockets = receivers.map((cookie) => ({ kind: 'socket.io' as const, namespace: '/direct', cookie, auth }));
  await load.open(`${url} pages`, url, sockets);
  const posters = senders.map((cookie, index) => ({
    via: 'http' as const,
    cookie,
    path: `/api/messages/send/${ids[index]}`,
    field: 'message' as const,
    receivers: 1,
  }));
  return { target, load, posters: fourOfEach(posters) };
}

async function gatewayScene(target: Target, load: Load): Promise<Scene> {
  const { url } = target;
  const cookies = await visitors(url, PAIRS * 2);
  const ids = await Promise.all(cookies.slice(PAIRS).map((cookie) => visitorId(url, cookie)));
  const group = `${url} gateway`;
  await load.open(
    group,
    url,
    cookies.map((cookie) => ({ kind: 'gateway' as const, cookie })),
  );
  const posters = ids.map((to, index) => ({ via: 'gateway' as const, group, index, to, receivers: 1 }));
  return { target, load, posters: fourOfEach(posters) };
}
