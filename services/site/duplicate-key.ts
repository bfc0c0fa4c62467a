/** Code of a MongoDB write that a unique index refused. */
const DUPLICATE_KEY = 11_000;

/** Whether a write failed because a unique index refused it: how a race tells its losers. */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof Error && (error as { code?: unknown }).code === DUPLICATE_KEY;
