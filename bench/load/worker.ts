/**
 * A load process. It opens sockets, posts and counts what arrives, as the driver (load.ts) says over the process channel;
 * it is not the server and not the driver, so that neither pays for it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Groups, type SocketSpec } from './groups.js';
import { type Poster, type PosterSpec, preparePoster } from './posters.js';
import { now, Tally } from './stamp.js';

/** When posting ends, and how fast it goes. */
export interface Pace {
  /** Posts under way at once; each comes from another poster. */
  atOnce: number;
  seconds?: number;
  /** Instead of a time: how many. */
  posts?: number;
  /** Posts a second, sent when they are due; without it each poster posts as soon as it was answered. */
  perSecond?: number;
}

export interface Posted {
  posts: number;
  /** Messages that must arrive, at all load processes together. */
  expected: number;
  /** Milliseconds from sending to the answer. */
  answers: number[];
  began: number;
  ended: number;
  /** Milliseconds of CPU that this process needed. */
  busyMs: number;
}

const tally = new Tally();
const groups = new Groups(tally);
let posters: Poster[] = [];

const commands = {
  open: (group: string, url: string, specs: SocketSpec[], atOnce: number) => groups.open(group, url, specs, atOnce),
  close: (group: string) => groups.close(group),
  /** Connect the posters of the next runs. */
  prepare: async (url: string, specs: PosterSpec[]) => {
    for (const poster of posters) poster.close();
    posters = await Promise.all(specs.map((spec) => preparePoster(url, spec, groups)));
  },
  /** Begin to count anew. */
  reset: () => {
    tally.reset();
    groups.lost = [];
  },
  post,
  received: () => ({ delivered: tally.delivered, lastAt: tally.lastAt, lost: groups.lost }),
  delays: () => tally.delays,
};

export type Commands = typeof commands;

async function post(pace: Pace): Promise<Posted> {
  const { seconds = Infinity, posts = Infinity, perSecond } = pace;
  const queue = [...posters];
  const answers: number[] = [];
  const cpu = process.cpuUsage();
  const began = now();
  let expected = 0;
  let sent = 0;
  const turn = async (): Promise<void> => {
    while (sent < posts && now() < began + seconds * 1000) {
      const poster = queue.shift();
      if (!poster) return;
      const before = sent++;
      const at = perSecond === undefined ? now() : await whenDue(began + (before * 1000) / perSecond);
      expected += poster.receivers;
      await poster.post(at);
      answers.push(now() - at);
      queue.push(poster);
    }
  };
  await Promise.all(Array.from({ length: Math.min(pace.atOnce, posters.length) }, turn));
  const { user, system } = process.cpuUsage(cpu);
  return { posts: answers.length, expected, answers, began, ended: now(), busyMs: (user + system) / 1000 };
}

/**
 * Wait for a post's time. @returns what to stamp it with: the time it was due if it is late, so that waiting for a free
 * poster counts as delay; the time it is sent if only the timer was.
 */
async function whenDue(due: number): Promise<number> {
  const early = due - now();
  if (early <= 0) return due;
  await sleep(early);
  return now();
}

interface Request {
  id: number;
  name: keyof Commands;
  args: unknown[];
}

process.on('message', ({ id, name, args }: Request) => {
  const run = commands[name] as (...given: unknown[]) => unknown;
  const answer = async () => process.send?.({ id, result: await run(...args) });
  answer().catch((error: unknown) => process.send?.({ id, error: (error as Error).message }));
});
process.on('disconnect', () => process.exit(0));
