/** What a proof leaves behind: one JSON line on screen and in test-results/chaos.jsonl. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';

export function record(promise: string, figures: object): void {
  const machine = { node: process.version, cores: cpus().length, cpu: cpus()[0]?.model };
  const line = JSON.stringify({ promise, ...figures, machine, at: new Date().toISOString() });
  const folder = path.join(ROOT, 'test-results');
  mkdirSync(folder, { recursive: true });
  appendFileSync(path.join(folder, 'chaos.jsonl'), `${line}\n`);
  console.log(line);
}

/** Random numbers that a seed repeats (mulberry32). `SEED` in the environment replays a run. */
export function seeded(): { seed: number; random: () => number } {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { seed, random };
}
