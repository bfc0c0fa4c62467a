/**
 * Who may begin: what sockets ask for waits here for its turn. A socket has a few asks under way, and begins them in the order
 * in which it sent them; costly asks of all sockets share a few places, which go to addresses in turn, and within an
 * address to its visitors. What waits is bounded: beyond that the oldest ask of whoever has most waiting is refused.
 */
import { AppError } from '../site/errors.js';

/** Asks that wait: of one socket, and of all. */
const WAITING_A_SOCKET = 32;
const WAITING_MAX = 2_000;

/** Whose ask it is. */
export interface Asker {
  address: string;
  visitor: string;
  socket: string;
}

interface Waiting {
  asker: Asker;
  isCostly: boolean;
  begin: (ended: () => void) => void;
  refuse: (error: AppError) => void;
}

/** The asks of one socket. */
interface Line {
  underWay: number;
  waiting: Waiting[];
}

interface Most {
  /** Asks of a socket under way at once. */
  ofSocket: number;
  /** Costly asks of all sockets under way at once. */
  costly: number;
}

export class Asks {
  /** Socket -> its asks, as long as it has any. */
  readonly #lines = new Map<string, Line>();
  /** Address -> visitor -> what waits, the oldest first. Whoever got a place comes last. */
  readonly #waiting = new Map<string, Map<string, Set<Waiting>>>();
  #waitingCount = 0;
  #costly = 0;

  constructor(private readonly most: Most) {}

  /**
   * Wait for a turn. @returns what has to be called when the ask is done.
   * @throws AppError busy: too much waits.
   */
  async turn(asker: Asker, isCostly: boolean): Promise<() => void> {
    const line = this.#lines.get(asker.socket) ?? { underWay: 0, waiting: [] };
    this.#lines.set(asker.socket, line);
    if (line.waiting.length === 0 && this.#mayBegin(line, isCostly)) return this.#begin(asker, line, isCostly);
    if (line.waiting.length >= WAITING_A_SOCKET) throw new AppError('busy', { retryAfter: 1 });
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { asker, isCostly, begin: resolve, refuse: reject };
      line.waiting.push(waiting);
      this.#add(waiting);
      if (this.#waitingCount > WAITING_MAX) this.#shed();
    });
  }

  #mayBegin({ underWay }: Line, isCostly: boolean): boolean {
    return underWay < this.most.ofSocket && (!isCostly || this.#costly < this.most.costly);
  }

  #begin(asker: Asker, line: Line, isCostly: boolean): () => void {
    line.underWay += 1;
    if (isCostly) this.#costly += 1;
    return () => {
      line.underWay -= 1;
      if (isCostly) this.#costly -= 1;
      this.#beginNext(asker.socket, line);
      if (isCostly) this.#beginCostly();
    };
  }

  /** Begin what waits first at a socket, as far as there are places. */
  #beginNext(socket: string, line: Line): void {
    for (let [first] = line.waiting; first && this.#mayBegin(line, first.isCostly); [first] = line.waiting)
      this.#beginWaiting(first, line);
    if (line.underWay + line.waiting.length === 0) this.#lines.delete(socket);
  }

  /** Give free places to what waits first at its socket: to addresses in turn, and to visitors of an address in turn. */
  #beginCostly(): void {
    while (this.#costly < this.most.costly) {
      const next = this.#nextCostly();
      if (!next) return;
      const { waiting, line } = next;
      this.#beginWaiting(waiting, line);
      this.#beginNext(waiting.asker.socket, line);
    }
  }

  #nextCostly(): { waiting: Waiting; line: Line } | null {
    for (const visitors of this.#waiting.values()) {
      for (const all of visitors.values()) {
        for (const waiting of all) {
          const line = this.#lines.get(waiting.asker.socket);
          if (line?.waiting[0] === waiting && this.#mayBegin(line, true)) return { waiting, line };
        }
      }
    }
    return null;
  }

  #beginWaiting(waiting: Waiting, line: Line): void {
    line.waiting.shift();
    this.#remove(waiting);
    const { address, visitor } = waiting.asker;
    const visitors = this.#waiting.get(address);
    if (visitors) {
      toEnd(visitors, visitor);
      toEnd(this.#waiting, address);
    }
    waiting.begin(this.#begin(waiting.asker, line, waiting.isCostly));
  }

  #add(waiting: Waiting): void {
    const { address, visitor } = waiting.asker;
    const visitors = this.#waiting.get(address) ?? new Map<string, Set<Waiting>>();
    const all = visitors.get(visitor) ?? new Set();
    this.#waiting.set(address, visitors.set(visitor, all.add(waiting)));
    this.#waitingCount += 1;
  }

  #remove(waiting: Waiting): void {
    const { address, visitor } = waiting.asker;
    const visitors = this.#waiting.get(address);
    const all = visitors?.get(visitor);
    if (!visitors || !all?.delete(waiting)) return;
    this.#waitingCount -= 1;
    if (all.size === 0) visitors.delete(visitor);
    if (visitors.size === 0) this.#waiting.delete(address);
  }

  /** Refuse the oldest ask of the visitor who has most waiting, of the address that has. */
  #shed(): void {
    const sizeOf = (visitors: Map<string, Set<Waiting>>) => sum([...visitors.values()].map(({ size }) => size));
    const address = greatest([...this.#waiting.values()], sizeOf);
    const [oldest] = greatest([...(address?.values() ?? [])], ({ size }) => size) ?? [];
    if (!oldest) return;
    this.#remove(oldest);
    const { socket } = oldest.asker;
    const line = this.#lines.get(socket);
    if (line) {
      line.waiting.splice(line.waiting.indexOf(oldest), 1);
      this.#beginNext(socket, line);
    }
    oldest.refuse(new AppError('busy', { retryAfter: 1 }));
  }
}

const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0);

function greatest<T>(list: T[], sizeOf: (item: T) => number): T | undefined {
  const sizes = list.map(sizeOf);
  return list[sizes.indexOf(Math.max(...sizes))];
}

/** The next turn of others comes first. */
function toEnd<V>(map: Map<string, V>, key: string): void {
  const value = map.get(key);
  if (value === undefined) return;
  map.delete(key);
  map.set(key, value);
}
