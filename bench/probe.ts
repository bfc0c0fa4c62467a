/**
 * Loaded into a measured process before its own code, where something is asked that cannot be read from outside: the
 * live heap, and CPU and memory on systems without /proc.
 */
export interface Probed {
  /** Milliseconds of CPU, user and system, of all threads. */
  cpuMs: number;
  /** Resident memory in bytes. */
  rss: number;
  /** Bytes that live objects of the main thread's heap take; after a collection if the process was started with `--expose-gc`. */
  heap: number;
}

process.on('message', (question) => {
  if (question !== 'probe') return;
  // Twice: what finalizers let go is collected by the second.
  globalThis.gc?.();
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ cpuMs: (user + system) / 1000, rss, heap: heapUsed } satisfies Probed);
});
// The channel alone must not keep the process alive.
process.channel?.unref();
