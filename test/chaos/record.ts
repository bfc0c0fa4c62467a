/** What a proof leaves behind: one JSON line on screen and in test-results/chaos.jsonl. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';

export function record(promise: string, figures: object): void {
  const machine = { node: process.version, cores: cpus().length, cpu: cpus()[0]?.model };
  const { PLANTED: planted, STORE_TEST_URL: outer } = process.env;
  const under = { ...(planted !== undefined && { planted }), ...(outer && { outer: true }) };
  const line = JSON.stringify({ promise, ...figures, ...under, machine, at: new Date().toISOString() });
  const folder = path.join(ROOT, 'test-results');
  mkdirSync(folder, { recursive: true });
  appendFileSync(path.join(folder, 'chaos.jsonl'), `${line}\n`);
  console.log(line);
}

/** Random numbers that a seed repeats (mulberry32). `SEED` in the environment replays a run. */
export function seeded(): { seed: number; random: () => number } {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
  console.log(`seed ${seed}`);
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { seed, random };
}

/**
 * How often a row tries, at least once: the share of `count` that `CHAOS` in the environment says. 0.3, if it says nothing, keeps all
 * rows together near twenty minutes; 1 is what docs/reliability.md has figures of.
 */
export const times = (count: number): number => Math.max(1, Math.round(count * Number(process.env['CHAOS'] ?? 0.3)));
