/** Memory that a start needed and a site at rest does not. */

/**
 * Collect all garbage of this thread and give the pages of its heap back to the system; the heap grows again when load asks
 * for it. Node does the same by itself after half a minute without work, and keeps the memory until then. Takes some 50 ms of
 * this thread once a site has started. Does nothing where Node was built without an inspector.
 */
export async function releaseMemory(): Promise<void> {
  if (!process.features.inspector) return;
  const { Session } = await import('node:inspector');
  const session = new Session();
  session.connect();
  // `gc()` would not make the young generation smaller. Node hangs if a session ends inside its own answer.
  session.post('HeapProfiler.collectGarbage', () => setImmediate(() => session.disconnect()));
}
