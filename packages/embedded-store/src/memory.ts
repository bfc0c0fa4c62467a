// Memory that a start needed and a store at rest does not.

/**
 * Collect all garbage of this thread and give the pages of its heap back to the system; the heap grows again when load asks
 * for it. Stops this thread for some 20 ms after a start. Does nothing where Node was built without an inspector.
 */
export async function releaseMemory(): Promise<void> {
  if (!process.features.inspector) return;
  const { Session } = await import('node:inspector');
  const session = new Session();
  session.connect();
  // `gc()` would not make the young generation smaller. Node hangs if a session ends inside its own answer.
  session.post('HeapProfiler.collectGarbage', () => setImmediate(() => session.disconnect()));
}
