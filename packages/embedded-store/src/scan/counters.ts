// What queries touch: explain shows it for one of them, serverStatus sums it up.

export interface Counters {
  /** Index entries examined. */
  keys: number;
  /** Documents examined. */
  docs: number;
}

/** Of all queries since the store started. */
export const totals: Counters = { keys: 0, docs: 0 };

export function count(counters: Counters, what: keyof Counters, by = 1): void {
  counters[what] += by;
  totals[what] += by;
}
