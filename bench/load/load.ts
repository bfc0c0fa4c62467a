/** The driver's side of the load: one or more load processes that act as one. */
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connected, SocketSpec } from './groups.js';
import type { PosterSpec } from './posters.js';
import { LoadProcess } from './process.js';
import type { Pace } from './worker.js';

/** Milliseconds for the last messages to arrive. */
const ARRIVAL_MS = 30_000;
/** Sockets that are set up at once. */
const SET_UP_AT_ONCE = 20;

/** What one run of posting saw. Times in milliseconds. */
export interface Posting {
  posts: number;
  deliveries: number;
  postsPerSecond: number;
  deliveriesPerSecond: number;
  answers: number[];
  delays: number[];
  /** Share of one core that the busiest load process needed. */
  loadShare: number;
}

export class Load {
  readonly #workers: LoadProcess[];

  /** One process, and more where there are cores to spare or `BENCH_LOADS` says so. */
  constructor() {
    const length = Number(process.env['BENCH_LOADS'] ?? Math.max(1, Math.floor(availableParallelism() / 4)));
    this.#workers = Array.from({ length }, () => new LoadProcess());
  }

  /** Open sockets under a name. @throws Error if any is refused, unless `mayFail`. */
  async open(group: string, url: string, specs: SocketSpec[], atOnce = SET_UP_AT_ONCE, mayFail = false) {
    const share = Math.ceil(atOnce / this.#workers.length);
    const parts = await this.#all((worker, own) => worker.call('open', group, url, own(specs), share));
    const refused = parts.flatMap((part) => part.refused);
    if (refused.length > 0 && !mayFail) throw new Error(`${refused.length} sockets were refused: ${refused[0]}`);
    return { tookMs: Math.max(...parts.map(({ tookMs }) => tookMs)), refused } satisfies Connected;
  }

  async close(group: string): Promise<void> {
    await this.#all((worker) => worker.call('close', group));
  }

  /** Connect those who post in the next runs. */
  async prepare(url: string, posters: PosterSpec[]): Promise<void> {
    await this.#all((worker, _own, index) => worker.call('prepare', url, this.#postersOf(posters, index)));
  }

  /** Post until the pace says enough, and until everything has arrived. @throws Error if anything is missing or doubled. */
  async post(pace: Pace): Promise<Posting> {
    const count = this.#workers.length;
    const share: Pace = { ...pace, atOnce: Math.ceil(pace.atOnce / count) };
    if (pace.posts !== undefined) share.posts = Math.ceil(pace.posts / count);
    if (pace.perSecond !== undefined) share.perSecond = pace.perSecond / count;
    await this.#all((worker) => worker.call('reset'));
    const posted = await this.#all((worker) => worker.call('post', share));
    const expected = posted.reduce((sum, part) => sum + part.expected, 0);
    const began = Math.min(...posted.map((part) => part.began));
    const ended = Math.max(...posted.map((part) => part.ended));
    const lastAt = await this.#arrived(expected);
    const posts = posted.reduce((sum, part) => sum + part.posts, 0);
    return {
      posts,
      deliveries: expected,
      postsPerSecond: (posts * 1000) / (ended - began),
      deliveriesPerSecond: expected === 0 ? 0 : (expected * 1000) / (lastAt - began),
      answers: posted.flatMap(({ answers }) => answers),
      delays: (await this.#all((worker) => worker.call('delays'))).flat(),
      loadShare: Math.max(...posted.map(({ busyMs }) => busyMs)) / (ended - began),
    };
  }

  stop(): void {
    for (const worker of this.#workers) worker.stop();
  }

  /** @returns when the last of so many messages came. */
  async #arrived(expected: number): Promise<number> {
    const limit = performance.now() + ARRIVAL_MS;
    for (;;) {
      const parts = await this.#all((worker) => worker.call('received'));
      const delivered = parts.reduce((sum, part) => sum + part.delivered, 0);
      if (delivered === expected) return Math.max(...parts.map(({ lastAt }) => lastAt));
      const lost = parts.flatMap((part) => part.lost);
      if (delivered > expected || lost.length > 0 || performance.now() > limit)
        throw new Error(`${delivered} of ${expected} messages arrived; lost sockets: ${lost.join(', ') || 'none'}`);
      await sleep(10);
    }
  }

  /** Posters are spread like sockets are, so that who posts over a socket is where that socket is. */
  #postersOf(posters: PosterSpec[], index: number): PosterSpec[] {
    const count = this.#workers.length;
    return posters.flatMap((poster, at): PosterSpec[] => {
      if (poster.via === 'http') return at % count === index ? [poster] : [];
      return poster.index % count === index ? [{ ...poster, index: Math.floor(poster.index / count) }] : [];
    });
  }

  #all<T>(run: (worker: LoadProcess, own: <S>(items: S[]) => S[], index: number) => Promise<T>): Promise<T[]> {
    const count = this.#workers.length;
    const ownOf =
      (index: number) =>
      <S>(items: S[]) =>
        items.filter((_, at) => at % count === index);
    return Promise.all(this.#workers.map((worker, index) => run(worker, ownOf(index), index)));
  }
}
