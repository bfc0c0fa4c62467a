/**
 * Work that waits for its turn so that nobody keeps the others waiting: groups take turns (addresses), and within a group
 * its members do (visitors). What is one member's own is done in its order. How much may wait is up to who puts it in.
 */
import { AppError } from '../site/errors.js';

/** Whose work it is: a member's of a group. */
export interface Party {
  group: string;
  member: string;
}

interface Most {
  /** Done at once: in all, and for one group. */
  atOnce: number;
  ofOneGroup: number;
  /** Milliseconds after which what has not begun is given up. */
  waitMs: number;
}

type Start = () => void;

interface Group {
  running: number;
  /** What waits, by member, in the order of their next turns. */
  members: Map<string, Start[]>;
}

export class FairQueue {
  /** In the order of their next turns. */
  readonly #groups = new Map<string, Group>();
  #running = 0;

  constructor(private readonly most: Most) {}

  /**
   * Do something when it is its turn.
   * @returns what it returns, or its error.
   * @throws AppError busy when its turn did not come in time.
   */
  async run<T>(party: Party, work: () => Promise<T>): Promise<T> {
    const group = this.#groups.get(party.group) ?? { running: 0, members: new Map<string, Start[]>() };
    this.#groups.set(party.group, group);
    await this.#turn(group, party);
    try {
      return await work();
    } finally {
      this.#running -= 1;
      group.running -= 1;
      this.#forget(party.group, group);
      this.#next();
    }
  }

  #turn(group: Group, { group: name, member }: Party): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        setQueue(
          group,
          member,
          (group.members.get(member) ?? []).filter((other) => other !== start),
        );
        this.#forget(name, group);
        reject(new AppError('busy', { retryAfter: 5 }));
      }, this.most.waitMs).unref();
      setQueue(group, member, [...(group.members.get(member) ?? []), start]);
      this.#next();
    });
  }

  #next(): void {
    while (this.#running < this.most.atOnce) {
      const start = this.#take();
      if (!start) return;
      start();
    }
  }

  /** The first that waits and may begin. Its group, and its member in it, go to the end of their rows. */
  #take(): Start | null {
    for (const [name, group] of this.#groups) {
      const [first] = group.members;
      if (!first || group.running >= this.most.ofOneGroup) continue;
      const [member, [start = () => undefined, ...rest]] = first;
      group.members.delete(member);
      setQueue(group, member, rest);
      this.#groups.delete(name);
      this.#groups.set(name, group);
      this.#running += 1;
      group.running += 1;
      return start;
    }
    return null;
  }

  #forget(name: string, { running, members }: Group): void {
    if (running === 0 && members.size === 0) this.#groups.delete(name);
  }
}

function setQueue({ members }: Group, member: string, queue: Start[]): void {
  if (queue.length > 0) members.set(member, queue);
  else members.delete(member);
}
