/** Many changes, few tellings: the first is told at once, the rest together. */

/** Milliseconds between two lists of people: twice a second at most. */
export const PEOPLE_LIST_MS = 500;

export interface Coalesced<Key> {
  /** Something changed; `key` says what, where one telling is about several things. */
  changed: (key: Key) => void;
  /** What is due is told no more. */
  stop: () => void;
}

/**
 * @param ms from the end of one telling to the beginning of the next: a telling that is slow is not made slower. It may
 * depend on how many keys were told.
 * @param tell gets the keys of all that changed since the last telling, each once. What changes while it runs is told
 * by the next one.
 * @param onError hears of a telling that failed.
 */
export function coalesce<Key = void>(
  ms: number | ((told: number) => number),
  tell: (keys: Key[]) => Promise<void> | void,
  onError: (error: unknown) => void,
): Coalesced<Key> {
  const due = new Set<Key>();
  let timer: NodeJS.Timeout | undefined;
  let isTelling = false;
  let isStopped = false;
  /** When the next telling may begin. */
  let restsUntil = -Infinity;

  async function run(): Promise<void> {
    timer = undefined;
    const keys = [...due];
    due.clear();
    isTelling = true;
    try {
      await tell(keys);
    } catch (error) {
      onError(error);
    }
    isTelling = false;
    restsUntil = performance.now() + (typeof ms === 'number' ? ms : ms(keys.length));
    if (due.size > 0) plan();
  }

  function plan(): void {
    if (isStopped || isTelling || timer) return;
    timer = setTimeout(() => void run(), Math.max(0, restsUntil - performance.now())).unref();
  }

  return {
    changed(key) {
      due.add(key);
      plan();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
