/**
 * `npm run bench -- [--quick | --full] [--rounds N] [--site FILE] [--against FILE] [case ...]`: the site beside the
 * reference (reference.ts), or beside another build of the site, in one run. Prints a table and writes
 * bench/results/site.json. docs/performance.md holds figures of such a run and says what they mean.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Case } from './cases/bench.js';
import { consult } from './cases/consult.js';
import { direct } from './cases/direct.js';
import { idle } from './cases/idle.js';
import { live } from './cases/live.js';
import { lobby } from './cases/lobby.js';
import { manyRooms } from './cases/many-rooms.js';
import { lists, upload } from './cases/pages.js';
import { rooms } from './cases/rooms.js';
import { search } from './cases/search.js';
import { start } from './cases/start.js';
import { store } from './cases/store.js';
import { storm } from './cases/storm.js';
import { machine, type Row, save, table } from './figures.js';
import type { Build } from './target.js';

const CASES = [start, rooms, manyRooms, lobby, direct, storm, idle, upload, lists, search, live, store, consult];

const HELP = `npm run bench -- [options] [case ...]

  --quick          shorter, fewer rounds and combinations: about two minutes on two quiet cores
  --full           every combination, 10,000 silent sockets and their heartbeats
  --rounds N       measurements of each (2, 3 or 5)
  --site FILE      compiled main module of the site to measure (also BENCH_SITE; default: this build's)
  --against FILE   another build of the site in the place of the reference

BENCH_LOADS=N takes N load processes (one on up to seven cores).

${CASES.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join('\n')}
`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    site: { type: 'string' },
    against: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const unknown = positionals.filter((name) => !CASES.some((one) => one.name === name));
if (options.help || unknown.length > 0) {
  process.stdout.write(HELP);
  process.exit(unknown.length > 0 ? 1 : 0);
}

const size = options.full ? 'full' : options.quick ? 'quick' : 'normal';
const bench: Bench = {
  size,
  builds: builds(),
  rounds: Number(options.rounds ?? { quick: 2, normal: 3, full: 5 }[size]),
  seconds: { quick: 0.5, normal: 2, full: 4 }[size],
};
const chosen = CASES.filter(({ name, slow }) =>
  positionals.length === 0 ? !(slow && options.quick) : positionals.includes(name),
);
// What a target started ends with this process (target.ts), also when it is told to end.
process.once('SIGTERM', () => process.exit(143)).once('SIGINT', () => process.exit(130));
const before = machine();
const began = performance.now();
const failed: string[] = [];
const rows: Row[] = [];
for (const one of chosen) rows.push(...(await timed(one)));
const seconds = Math.round((performance.now() - began) / 1000);
const columns = bench.builds.map(({ name }) => name);
const name = positionals.length === 0 ? 'site' : chosen.map((one) => one.name).join('+');
process.stdout.write(`\n${table(rows, columns)}\n\n`);
process.stdout.write(
  `${before.cores} x ${before.cpu}, Node ${before.node}; load average ${before.load.join(' ')} before; ${bench.rounds} rounds; ${seconds} s\n`,
);
process.stdout.write(
  `${save(name, { at: new Date().toISOString(), ...bench, before, after: machine(), failed, rows })}\n`,
);
process.exit(failed.length > 0 ? 1 : 0);

async function timed(one: Case): Promise<Row[]> {
  const start = performance.now();
  try {
    process.stderr.write(`${one.name} ... `);
    const found = await one.run(bench);
    process.stderr.write(`${Math.round((performance.now() - start) / 1000)} s\n`);
    return found;
  } catch (error) {
    // What the other cases measured is not lost with it.
    failed.push(one.name);
    process.stderr.write(`failed: ${(error as Error).stack ?? ''}\n`);
    return [];
  }
}

/** The build to measure, and what it is measured against. */
function builds(): Build[] {
  const here = (file: string) => path.join(import.meta.dirname, file);
  const site = options.site ?? process.env['BENCH_SITE'];
  const entry = site === undefined ? here('../app.js') : path.resolve(site);
  const other: Build =
    options.against === undefined
      ? { name: 'reference', kind: 'reference', entry: here('reference.js') }
      : { name: 'against', kind: 'site', entry: path.resolve(options.against) };
  return [{ name: 'site', kind: 'site', entry }, other];
}
