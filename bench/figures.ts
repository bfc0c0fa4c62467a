/** Figures and how they are shown: medians, percentiles, a table on screen and a JSON file beside it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import path from 'node:path';

export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export const median = (values: number[]): number => percentile(values, 0.5);

export interface Row {
  what: string;
  site: string;
  baseline?: string;
  ratio?: string;
}

/** `12345.6` -> `12,346`; small figures keep two digits. */
export function show(value: number, unit = ''): string {
  const text = Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
  return unit ? `${text} ${unit}` : text;
}

/** Two columns side by side, and by how much the site is ahead (rates) or quicker (times). */
export function compare(what: string, site: number, baseline: number, unit: string, less = false): Row {
  const ratio = less ? baseline / site : site / baseline;
  return { what, site: show(site, unit), baseline: show(baseline, unit), ratio: `${ratio.toFixed(2)}x` };
}

/** Print the table, write the JSON. @returns the file's path. */
export function report(name: string, rows: Row[]): string {
  const columns = ['what', 'site', 'baseline', 'ratio'] as const;
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: string[]) => cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ');
  console.log(line([...columns]));
  console.log(widths.map((width) => '-'.repeat(width)).join('  '));
  for (const row of rows) console.log(line(columns.map((column) => row[column] ?? '')));
  const folder = path.join(process.cwd(), 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.json`);
  const machine = {
    node: process.version,
    cores: cpus().length,
    cpu: cpus()[0]?.model,
    memory: totalmem(),
    os: release(),
  };
  writeFileSync(file, JSON.stringify({ at: new Date().toISOString(), machine, rows }, null, 2));
  return file;
}
