/**
 * Token buckets, one a key: each holds so many points and fills up again at a steady pace. In memory and without waiting,
 * for what is counted with every event.
 */

/** Keys that are remembered; the one that was not used for longest is forgotten first, and its bucket is full again. */
const KEYS_MAX = 50_000;

interface Bucket {
  left: number;
  /** Seconds, when `left` was worked out. */
  at: number;
}

export class Buckets {
  /** The least recently used key comes first. */
  readonly #buckets = new Map<string, Bucket>();

  /**
   * @param points what a bucket holds.
   * @param per seconds in which an empty one is full again.
   * @param now the time in milliseconds.
   */
  constructor(
    private readonly points: number,
    private readonly per: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Take points, unless there are too few. @returns 0; else the seconds until there are enough, and nothing is taken. */
  take(key: string, points: number): number {
    const bucket = this.#filled(key);
    const missing = Math.min(points, this.points) - bucket.left;
    if (missing > 0) return (missing * this.per) / this.points;
    bucket.left -= points;
    return 0;
  }

  /** Take points that were spent already, if need be from what is still to come: as much again as a bucket holds. */
  charge(key: string, points: number): void {
    const bucket = this.#filled(key);
    bucket.left = Math.max(bucket.left - points, -this.points);
  }

  #filled(key: string): Bucket {
    const at = this.now() / 1000;
    const kept = this.#buckets.get(key);
    const left = kept ? Math.min(this.points, kept.left + ((at - kept.at) * this.points) / this.per) : this.points;
    const bucket = { left, at };
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    for (const [oldest] of this.#buckets) {
      if (this.#buckets.size <= KEYS_MAX) break;
      this.#buckets.delete(oldest);
    }
    return bucket;
  }
}
