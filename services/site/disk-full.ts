/** How the end of a disk shows: in errors of the file system, of the image encoder, and of the database. */

/** No space, a quota that is used up, a file that may not grow. */
const CODES = ['ENOSPC', 'EDQUOT', 'EFBIG'];
/** The same in the words of the system, which are all that the image encoder passes on. */
const WORDS = /No space left|quota exceeded|File too large/i;
/** MongoDB's OutOfDiskSpace: nothing of the write was stored. */
const OUT_OF_DISK_SPACE = 14_031;

/** Whether a file could not be written for want of room. */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error &&
  (CODES.includes(String((error as NodeJS.ErrnoException).code)) || WORDS.test(error.message));

/** Whether the database refused a write for want of room. */
export const isStoreFull = (error: unknown): boolean =>
  error instanceof Error && (error as { code?: unknown }).code === OUT_OF_DISK_SPACE;
