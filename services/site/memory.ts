/** Memory that a start, or a busy time, needed and a site at rest does not. */
import { performance } from 'node:perf_hooks';
import type { Log } from './log.js';

/** Milliseconds after which nothing of a start is left to do, and then between two looks. */
const SETTLED_MS = 500;
const LOOK_MS = 10_000;
/** The share of its time that this thread may have been at work, for a pause to disturb nobody. */
const AT_REST = 0.2;
/** Bytes by which the process has to have grown, for it to be worth one. */
const WORTH = 32 * 1024 * 1024;

/** What is looked at, and what is done about it. */
interface Memory {
  /** Resident bytes of the process. */
  resident: () => number;
  /** The share of the time since the last call that this thread was at work, from 0 to 1. */
  busy: () => number;
  release: () => Promise<void>;
}

/** @returns what to call from time to time: it releases memory once the process has grown and come to rest again. */
export function releaseAtRest({ resident, busy, release }: Memory): () => Promise<void> {
  let kept = 0;
  return async () => {
    const isAtRest = busy() < AT_REST;
    if (!isAtRest || resident() < kept + WORTH) return;
    await release();
    kept = resident();
  };
}

/**
 * Collect all garbage of this thread and give the pages of its heap back to the system; the heap grows again when load asks
 * for it. Node by itself keeps most of what 2,000 joins left for longer than anybody cares to wait. Stops this thread for
 * some 50 ms after a start, 100 with 2,000 sockets. Does nothing where Node was built without an inspector.
 */
async function release(): Promise<void> {
  if (!process.features.inspector) return;
  const { Session } = await import('node:inspector');
  const session = new Session();
  session.connect();
  // `gc()` would not make the young generation smaller.
  await new Promise((resolve) => session.post('HeapProfiler.collectGarbage', resolve));
  // Node hangs if a session ends inside its own answer.
  setImmediate(() => session.disconnect());
}

/**
 * Release memory after a start, and from then on whenever the process has grown and come to rest: not while those who come back
 * after a restart are let in. Keeps no process alive.
 * @param others releases that of other threads.
 */
export function watchMemory(log: Log, others: () => void): void {
  const { eventLoopUtilization } = performance;
  let before = eventLoopUtilization();
  const look = releaseAtRest({
    resident: () => process.memoryUsage.rss(),
    busy() {
      const now = eventLoopUtilization();
      const { utilization } = eventLoopUtilization(now, before);
      before = now;
      return utilization;
    },
    release() {
      others();
      return release();
    },
  });
  const run = (work: () => Promise<void>) => () =>
    void work().catch((error: unknown) => log.warn({ err: error }, 'memory was not released'));
  setTimeout(run(look), SETTLED_MS).unref();
  setInterval(run(look), LOOK_MS).unref();
}
