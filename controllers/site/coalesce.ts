/** Many changes, few tellings: the first is told at once, the rest together, never more often than every `ms`. */
export interface Coalesced {
  changed: () => void;
  stop: () => void;
}

export function coalesce(ms: number, tell: () => Promise<void>, onError: (error: unknown) => void): Coalesced {
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let again = false;
  let stopped = false;
  let toldAt = -Infinity;

  async function run(): Promise<void> {
    timer = undefined;
    running = true;
    toldAt = performance.now();
    await tell().catch(onError);
    running = false;
    if (again) changed();
  }

  function changed(): void {
    if (stopped) return;
    again = running;
    if (running || timer) return;
    timer = setTimeout(() => void run(), Math.max(0, toldAt + ms - performance.now())).unref();
  }

  return {
    changed,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
