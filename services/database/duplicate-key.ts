/** MongoDB's error code for a write that a unique index refused. */
const DUPLICATE_KEY = 11_000;

/** Whether a write failed because a unique index refused it: this is how the loser of a race finds out. */
export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof Error && (error as { code?: unknown }).code === DUPLICATE_KEY;
