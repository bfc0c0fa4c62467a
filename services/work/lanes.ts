/**
 * Lanes: what has the same key is worked on in the order in which it came, in batches, one after another. A key has a
 * lane of its own beside the others, or shares one: then what came for all of those keys while a batch was worked on is
 * the next batch. What follows a batch (confirming, announcing, answering) is done in the order of the batches, while
 * the next one is already being worked on. Of what waits in a lane beyond a limit, the oldest of the key that has most waiting
 * is refused.
 */
import { AppError } from '../site/errors.js';

/** What one batch holds at most. */
const BATCH_MAX = 200;

/** Settles the promise that `push` returned. */
export interface Answer<R> {
  resolve: (value: R) => void;
  reject: (error: unknown) => void;
}

/** What the work on a batch may ask for. */
export interface Turn<T> {
  /** The keys of this batch share the lane. */
  isShared: boolean;
  /** Do this after everything that was put behind earlier batches of the lane. It must not reject. */
  behind: (work: () => Promise<void>) => void;
  /**
   * A key of the shared lane goes on in a lane of its own until nothing of it is left: first with these items of the
   * batch, then with what is waiting. What was put behind so far is done before what it puts behind.
   */
  apart: (key: string, items: T[]) => void;
}

interface Waiting<T> {
  key: string;
  item: T;
}

interface Lane<T> {
  readonly isShared: boolean;
  waiting: Waiting<T>[];
  isBusy: boolean;
  /** Ends with what was put behind. */
  behind: Promise<void>;
}

/** A key of which something is waiting, worked on, or not answered. */
interface Active<T> {
  lane: Lane<T>;
  /** What is not answered. */
  open: Set<T>;
  whenSettled: Settling<T>[];
}

/** Somebody who waits until what was open then is answered. */
interface Settling<T> {
  left: Set<T>;
  resolve: () => void;
}

export class Lanes<T extends Pick<Answer<never>, 'reject'>> {
  readonly #active = new Map<string, Active<T>>();
  readonly #shared = newLane<T>(true);

  /**
   * @param work on one batch; it must not reject, and answers each of its items, sooner or later; only the first answer counts.
   * @param waitingMax what may wait in one lane.
   */
  constructor(
    private readonly work: (batch: T[], turn: Turn<T>) => Promise<void>,
    private readonly waitingMax = Infinity,
  ) {}

  /**
   * Put something in the lane of a key.
   * @param itemOf makes it of the functions that answer it.
   * @param shares whether the key may share its lane; asked when nothing else of the key is there.
   * @returns how it was answered.
   * @throws AppError busy: too much waits in the lane.
   */
  push<R>(key: string, itemOf: (answer: Answer<R>) => T, shares: () => boolean = () => false): Promise<R> {
    return new Promise((resolve, reject) => {
      const active = this.#enter(key, shares);
      const answered =
        <V>(settle: (value: V) => void) =>
        (value: V) => {
          if (!active.open.delete(item)) return;
          settle(value);
          this.#leave(key, active, item);
        };
      const item = itemOf({ resolve: answered(resolve), reject: answered(reject) });
      active.open.add(item);
      active.lane.waiting.push({ key, item });
      if (!active.lane.isBusy) void this.#drain(active.lane);
      else if (active.lane.waiting.length > this.waitingMax) shed(active.lane);
    });
  }

  /** Resolves once everything pushed before is answered, of one key or of all; what is pushed meanwhile is not waited for. */
  async settled(key?: string): Promise<void> {
    const keys = key === undefined ? [...this.#active.keys()] : [key];
    await Promise.all(
      keys.map(
        (each) =>
          new Promise<void>((resolve) => {
            const active = this.#active.get(each);
            if (active) active.whenSettled.push({ left: new Set(active.open), resolve });
            else resolve();
          }),
      ),
    );
  }

  #enter(key: string, shares: () => boolean): Active<T> {
    let active = this.#active.get(key);
    if (!active) {
      active = { lane: shares() ? this.#shared : newLane(false), open: new Set(), whenSettled: [] };
      this.#active.set(key, active);
    }
    return active;
  }

  #leave(key: string, active: Active<T>, item: T): void {
    if (active.open.size === 0) this.#active.delete(key);
    if (active.whenSettled.length === 0) return;
    for (const { left, resolve } of active.whenSettled) if (left.delete(item) && left.size === 0) resolve();
    active.whenSettled = active.whenSettled.filter(({ left }) => left.size > 0);
  }

  async #drain(lane: Lane<T>): Promise<void> {
    lane.isBusy = true;
    while (lane.waiting.length > 0) {
      await this.work(takeBatch(lane), {
        isShared: lane.isShared,
        behind: (work) => void (lane.behind = lane.behind.then(work)),
        apart: (key, items) => this.#apart(key, items),
      });
    }
    lane.isBusy = false;
  }

  #apart(key: string, items: T[]): void {
    const active = this.#active.get(key);
    if (!active) return;
    const { lane } = active;
    const own = newLane<T>(false, lane.behind);
    own.waiting = [...items.map((item) => ({ key, item })), ...lane.waiting.filter((each) => each.key === key)];
    lane.waiting = lane.waiting.filter((each) => each.key !== key);
    active.lane = own;
    void this.#drain(own);
  }
}

const newLane = <T>(isShared: boolean, behind = Promise.resolve()): Lane<T> => ({
  isShared,
  behind,
  waiting: [],
  isBusy: false,
});

function shed<T extends Pick<Answer<never>, 'reject'>>(lane: Lane<T>): void {
  const counts = new Map<string, number>();
  for (const { key } of lane.waiting) counts.set(key, (counts.get(key) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const oldest = lane.waiting.findIndex(({ key }) => counts.get(key) === most);
  for (const { item } of lane.waiting.splice(oldest, 1)) item.reject(new AppError('busy', { retryAfter: 1 }));
}

/** The next batch. Where more is waiting than fits, each key gives one in turn: a busy one must not keep others waiting. */
function takeBatch<T>(lane: Lane<T>): T[] {
  const { waiting } = lane;
  lane.waiting = [];
  if (waiting.length <= BATCH_MAX) return waiting.map(({ item }) => item);
  const taken = new Map<string, number>();
  const turns = waiting.map(({ key }) => {
    const turn = taken.get(key) ?? 0;
    taken.set(key, turn + 1);
    return turn;
  });
  const order = [...waiting.keys()].sort((a, b) => (turns[a] ?? 0) - (turns[b] ?? 0) || a - b);
  const batch = order.slice(0, BATCH_MAX);
  const isTaken = new Set(batch);
  lane.waiting = waiting.filter((_, index) => !isTaken.has(index));
  return waiting.filter((_, index) => isTaken.has(index)).map(({ item }) => item);
}
