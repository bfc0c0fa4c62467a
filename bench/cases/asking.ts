/** Requests one after another on one connection, timed here: they are few and large, so the driver itself can ask. */
import { checked, HttpConnection } from '../clients/http.js';
import { type Measure, percentile, type Row } from '../figures.js';
import type { Target } from '../target.js';
import { type Bench, inTurns, rowsOf } from './bench.js';

/** A request to repeat, and whom to ask. */
export interface Question {
  target: Target;
  bytes: Buffer;
}

interface Asked {
  /** Milliseconds from sending to the whole answer. */
  times: number[];
  cpuMs: number;
}

const warm = new WeakSet<Target>();

/**
 * Ask each question again and again, in turns.
 * @param what one of them, for the figures' names.
 * @param warmUp requests to a fresh process before anything is counted.
 */
export async function askingRows(
  bench: Bench,
  name: string,
  what: string,
  questions: Question[],
  warmUp: number,
): Promise<Row[]> {
  for (const question of questions) {
    if (!warm.has(question.target)) await ask(question, Infinity, warmUp);
    warm.add(question.target);
  }
  // Half the time of posting: one after another, answers differ little.
  const results = await inTurns(questions, bench.rounds, (question) => ask(question, (bench.seconds * 1000) / 2));
  const figures: [Measure, (asked: Asked) => number][] = [
    [{ name: `${what}, p50`, unit: 'ms', better: 'less' }, ({ times }) => percentile(times, 0.5)],
    [{ name: `CPU a ${what}`, unit: 'ms', better: 'less' }, ({ times, cpuMs }) => cpuMs / times.length],
  ];
  const measured = questions.map(({ target }) => target.build);
  return rowsOf(bench, measured, results, { case: name, state: 'warm' }, figures);
}

async function ask({ target, bytes }: Question, ms: number, requests = Infinity): Promise<Asked> {
  const end = performance.now() + ms;
  const http = await HttpConnection.open(target.url);
  const times: number[] = [];
  const before = await target.cpuMs();
  do {
    const began = performance.now();
    checked(await http.send(bytes), target.build.name);
    times.push(performance.now() - began);
  } while (performance.now() < end && times.length < requests);
  const cpuMs = (await target.cpuMs()) - before;
  http.close();
  return { times, cpuMs };
}
