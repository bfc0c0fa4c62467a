/** Figures and how they are shown: medians and percentiles, a table on screen, JSON beside it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import path from 'node:path';

/** What a figure is measured in, and whether more of it is better. */
export interface Measure {
  name: string;
  unit: '/s' | 'ms' | 'us' | 'bytes' | 'MB' | 'x' | '';
  better: 'more' | 'less';
}

/** One line of the table. */
export interface Row extends Measure {
  case: string;
  /** `warm`: after a warm-up that is not counted. `first`: of a process, or connections, that did nothing before. */
  state: 'warm' | 'first';
  /** A column each: one value a round, none where the build does not have what the case measures. */
  values: number[][];
}

export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** The middle value, or the mean of the middle two. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return ((low ?? NaN) + (high ?? NaN)) / 2;
}

/** `12345.6` -> `12,346`; small figures keep three digits. */
function show(value: number, unit: Row['unit']): string {
  if (Number.isNaN(value)) return 'n/a';
  const text = Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
  return unit ? `${text} ${unit}` : text;
}

/** How many times better the first column is; above 1 means better. */
function ratioOf({ better, values }: Row): number {
  const [left = NaN, right = NaN] = values.map(median);
  return better === 'more' ? left / right : right / left;
}

/** The table as Markdown. @param columns headings of the two builds. */
export function table(rows: Row[], columns: string[]): string {
  const lines = rows.map((row) => [
    row.case,
    row.name,
    ...row.values.map((values) => show(median(values), row.unit)),
    show(ratioOf(row), 'x').replace(' x', 'x'),
    row.state,
  ]);
  const all = [['case', 'figure', ...columns, 'ratio', 'state'], ...lines];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? [];
  const print = (cells: string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [heading = [], ...body] = all;
  return [print(heading), print(widths.map((width) => '-'.repeat(width))), ...body.map(print)].join('\n');
}

/** What a result needs to be understood later. */
export const machine = () => ({
  node: process.version,
  cores: cpus().length,
  cpu: cpus()[0]?.model,
  memory: totalmem(),
  os: release(),
  /** Of the last minute, five and fifteen. */
  load: loadavg().map((value) => Number(value.toFixed(2))),
});

/** Write bench/results/NAME.json. @returns the file's path. */
export function save(name: string, result: object): string {
  const folder = path.join(process.cwd(), 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(result, null, 2));
  return file;
}
