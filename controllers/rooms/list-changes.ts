/** Which rooms of the list changed lately: for pages that were drawn before their socket was connected. */
import type { Clock } from '../../services/database/clock.js';

/** Milliseconds for which a change is remembered: a page that takes longer to connect loads the list again. */
const KEPT_MS = 30_000;
/** Rooms that are remembered at most. */
const KEPT_ROOMS = 2_000;
/** Milliseconds by which the clocks of two nodes may differ. */
const SKEW_MS = 250;

export type ListChange = 'opened' | 'changed' | 'gone';

/** When a room changed last, was opened (or listed again), and ended (or was taken off the list); 0 for never. */
interface Times {
  at: number;
  opened: number;
  gone: number;
}

/** A room that changed since a moment: whether it was opened since, and whether it has gone. `times` tells a later change. */
export interface MissedChange {
  room: string;
  opened: boolean;
  gone: boolean;
  times: Readonly<Times>;
}

export class ListChanges {
  /** By room, the latest change last. */
  readonly #rooms = new Map<string, Times>();
  /** What changed before this moment is not known. */
  #knownFrom: number;

  constructor(private readonly clock: Pick<Clock, 'now'>) {
    this.#knownFrom = clock.now();
  }

  /** These rooms have just changed, all in the same way. */
  note(rooms: string[], change: ListChange): void {
    const at = this.clock.now();
    for (const room of rooms) {
      const { opened, gone } = this.#rooms.get(room) ?? { opened: 0, gone: 0 };
      this.#rooms.delete(room);
      this.#rooms.set(room, {
        at,
        opened: change === 'opened' ? at : opened,
        gone: change === 'gone' ? at : gone,
      });
    }
    this.#forget(at - KEPT_MS);
  }

  /** What changed since this moment (milliseconds since the epoch, by the site's clock); null if that is not known any more. */
  since(moment: number): MissedChange[] | null {
    if (moment < this.#knownFrom) return null;
    const from = moment - SKEW_MS;
    return [...this.#rooms]
      .filter(([, { at }]) => at >= from)
      .map(([room, times]) => ({ room, opened: times.opened >= from, gone: times.gone >= from, times }));
  }

  /** Whether a room has not changed again. */
  isLatest({ room, times }: MissedChange): boolean {
    return this.#rooms.get(room) === times;
  }

  #forget(before: number): void {
    for (const [room, { at }] of this.#rooms) {
      if (at >= before && this.#rooms.size <= KEPT_ROOMS) return;
      this.#rooms.delete(room);
      this.#knownFrom = Math.max(this.#knownFrom, at + 1);
    }
  }
}
