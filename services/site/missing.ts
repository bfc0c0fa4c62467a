/** Files that may not be there. */

/** What takes the error of a file that is not there for `none`, and throws any other. */
export const noneIfMissing =
  <T>(none: T) =>
  (error: unknown): T => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return none;
  };
