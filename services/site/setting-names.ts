/** Names that are no setting but look like one: a value that is silently not read is worse than a site that does not start. */

/** Settings of commands beside the site, and names that only look like ours. */
const OTHERS = ['ENV_FILE', 'STORE_HOST', 'STORE_PORT', 'STORE_SECRET', 'HOME', 'LOG_FILE'];
/** How many letters may be wrong, added, missing or swapped, in a short name and in others. */
const WRONG = { short: 1, long: 2 } as const;
const SHORT = 6;

/** One text for each of `names` that is a slip of one of `known`. */
export function unknownSettings(names: string[], known: string[]): string[] {
  return names.flatMap((name) => {
    if (known.includes(name) || OTHERS.includes(name)) return [];
    const meant = known.find(
      (key) => distance(name.toUpperCase(), key) <= (key.length > SHORT ? WRONG.long : WRONG.short),
    );
    return meant === undefined ? [] : [`${name}: is no setting; ${meant} is`];
  });
}

/** The Levenshtein distance of two texts, where two neighbours that changed places count once. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > WRONG.long) return Infinity;
  const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)];
  const cell = (row: number, column: number) => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    rows.push(line);
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      line[column] = Math.min(
        cell(row - 1, column) + 1,
        cell(row, column - 1) + 1,
        cell(row - 1, column - 1) + (isSame ? 0 : 1),
        isSwapped ? cell(row - 2, column - 2) + 1 : Infinity,
      );
    }
  }
  return cell(a.length, b.length);
}
