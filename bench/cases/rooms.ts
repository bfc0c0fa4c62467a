/** Posts into one room: few and many members, few and many who post, over HTTP and over the socket. */
import { visitors } from '../clients/visitors.js';
import { median, type Row } from '../figures.js';
import { type Bench, bySize, type Case, derived, inTurns, rowsOf, withTargets } from './bench.js';
import { FIGURES, measure, MEASURES, postingRows, type Scene, warmUp } from './posting.js';
import { fillRoom, type FilledRoom, VISITORS } from './scenes.js';
import { socketRows } from './socket-posts.js';

const POSTERS_MAX = 64;
const ALL = [2, 50, 500].flatMap((members) => [1, 8, 64].map((posters) => ({ members, posters })));
const isOneOf = (...wanted: string[]) => ALL.filter(({ members, posters }) => wanted.includes(`${members}x${posters}`));
const nameOf = (members: number, posters: number): string =>
  `${members} members, ${posters} poster${posters === 1 ? '' : 's'}`;

export const rooms: Case = {
  name: 'rooms',
  about: 'posts into one room: 2, 50 and 500 members, 1, 8 and 64 posters; 8 posters over the socket',
  run: (bench) =>
    withTargets(bench.builds, {}, async (targets, load) => {
      const variants = bySize(bench, isOneOf('2x1', '2x8', '50x1', '50x8', '50x64', '500x8', '500x64'), ALL);
      const cookies = await Promise.all(targets.map(({ url }) => visitors(url, VISITORS)));
      const rows: Row[] = [];
      for (const members of new Set(variants.map((variant) => variant.members))) {
        const filled = await Promise.all(
          targets.map((target, index) => fillRoom(target, load, cookies[index] ?? [], members, POSTERS_MAX)),
        );
        for (const room of filled) await warmUp(room);
        for (const { posters } of variants.filter((variant) => variant.members === members))
          rows.push(...(await busyRoom(bench, filled, posters)));
        if (members <= 50) rows.push(...(await socketRows(bench, filled)));
      }
      return [...rows, ...oneMoreDelivery(rows)];
    }),
};

/** One variant: as fast as it goes, and, with many posters, the delays at half of that. */
async function busyRoom(bench: Bench, filled: FilledRoom[], count: number): Promise<Row[]> {
  const members = filled[0]?.members ?? 0;
  const name = nameOf(members, count);
  const scenes = filled.map((room): Scene => ({ ...room, posters: room.posters.slice(0, count) }));
  const rows = await postingRows(bench, name, bench.builds, scenes);
  if (count < POSTERS_MAX || (bench.size === 'quick' && members < 500)) return rows;
  const knees = rows.find((row) => row.name === MEASURES.posts.name)?.values.map(median) ?? [];
  const half = await inTurns(scenes, 1, (scene) => {
    const perSecond = (knees[scenes.indexOf(scene)] ?? NaN) / 2;
    return measure(scene, { atOnce: count, seconds: bench.seconds, perSecond });
  });
  const late = FIGURES.filter(([of]) => of === MEASURES.delivery || of === MEASURES.deliveryLate);
  return [...rows, ...rowsOf(bench, bench.builds, half, { case: `${name}, half of that rate`, state: 'warm' }, late)];
}

/** What one more member costs a post, from the rooms of 500 and of 50. */
function oneMoreDelivery(rows: Row[]): Row[] {
  const cpu = (members: number) =>
    rows.find((row) => row.case === nameOf(members, POSTERS_MAX) && row.name === MEASURES.cpuPost.name);
  const [many, few] = [cpu(500), cpu(50)];
  if (!many || !few) return [];
  const measured = { ...MEASURES.cpuDelivery, name: 'CPU of one more delivery' };
  const about = { case: '500 against 50 members', state: 'warm', ...measured } as const;
  return [derived(many, few, about, (more, less) => ((more - less) * 1000) / 450)];
}
