/**
 * Items that come quickly one after another, sent together.
 *
 * An item that finds its key quiet is sent at once, and opens a window. What comes within the window is sent together at
 * its end, which opens the next one; a window in which nothing came leaves the key quiet again. So a lone item never
 * waits, and the wait grows with the rate: up to half a window on average, a window at most.
 *
 * A window grows with the number of receivers, because what gathering saves is frames: one costs 8 to 10 us of CPU a socket,
 * nearly all of it the system call, whether it holds one message or ten. 40 us a receiver keep the frames of one key
 * below a quarter of a core however fast items come; 50 ms is the most that a reader may wait (from 1,250 receivers on).
 * Where that is less than a timer can measure, the window is the rest of the event loop's turn: what one batch of the message log
 * announces still goes in one frame.
 */

const WINDOW_MS_A_RECEIVER = 0.04;
const WINDOW_MAX_MS = 50;
/** Items sent together at most: a frame of the longest messages stays below what a reader's buffers take. */
export const TOGETHER_MAX = 100;

interface Window<Item> {
  items: Item[];
  cancel: () => void;
}

export class Gathering<Item> {
  readonly #windows = new Map<string, Window<Item>>();

  /**
   * @param receivers how many get the items of a key.
   * @param send gets one item or more, in the order in which they came.
   */
  constructor(
    private readonly receivers: (key: string) => number,
    private readonly send: (key: string, items: Item[]) => void,
  ) {}

  add(key: string, item: Item): void {
    const window = this.#windows.get(key);
    if (window) {
      if (window.items.push(item) >= TOGETHER_MAX) this.flush(key);
      return;
    }
    this.#open(key);
    this.send(key, [item]);
  }

  /** Send what waits, now. The window stays: what comes next waits for its end. */
  flush(key: string): void {
    const window = this.#windows.get(key);
    if (!window || window.items.length === 0) return;
    const { items } = window;
    window.items = [];
    this.send(key, items);
  }

  /** Send all that waits, and open no more windows for it. */
  stop(): void {
    for (const [key, { cancel }] of this.#windows) {
      cancel();
      this.flush(key);
    }
    this.#windows.clear();
  }

  #open(key: string): void {
    this.#windows.set(key, { items: [], cancel: after(this.receivers(key), () => this.#end(key)) });
  }

  #end(key: string): void {
    const items = this.#windows.get(key)?.items ?? [];
    if (items.length === 0) return void this.#windows.delete(key);
    this.#open(key);
    this.send(key, items);
  }
}

/** @returns what cancels it. */
function after(receivers: number, run: () => void): () => void {
  const ms = Math.min(WINDOW_MAX_MS, receivers * WINDOW_MS_A_RECEIVER);
  if (ms < 1) {
    const immediate = setImmediate(run);
    return () => clearImmediate(immediate);
  }
  const timer = setTimeout(run, ms).unref();
  return () => clearTimeout(timer);
}
