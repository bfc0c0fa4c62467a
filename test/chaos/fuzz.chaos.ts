/**
 * A minute of random input at every door of a site in a process of its own: no 5xx, no rejection that nobody handles
 * (the process would end by it), and afterwards descriptors, memory and the event loop's delay are back where they were.
 * FUZZ_MS sets the time, SEED repeats a run.
 */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../../services/site/root.js';
import { DESK_PASSWORD, openFuzzer } from '../support/fuzz/fuzz.js';
import type { Probe } from '../support/probe.js';
import { type SiteProcess, startProcess } from '../support/process.js';
import { temporaryFolder } from '../support/site.js';
import { waitFor } from '../support/wait.js';
import { record, seeded } from './record.js';

const TIME_MS = Number(process.env['FUZZ_MS'] ?? 60_000);
/** Inputs of a channel in one round. */
const RUNS = 60;
/** Requests at once, enough for each connection that the site may have to its database. */
const MANY = 100;
/** Milliseconds of quiet in which the delay of the event loop is measured, before and afterwards. */
const QUIET_MS = 10_000;
const LOOKS = 3;
const MB = 1024 * 1024;

describe('random input', () => {
  it(`for ${TIME_MS / 1000} s: no 5xx, nothing unhandled, nothing left behind`, async () => {
    const dir = await temporaryFolder();
    const { seed } = seeded();
    const file = path.join(dir, 'probes');
    const site = await startProcess(dir, {
      LIMITS: 'off',
      CONSULT_PASSWORD: DESK_PASSWORD,
      // What the fuzzer makes does not stay: rooms nobody sits in end at once.
      ROOM_GRACE_MS: '1000',
      // Connections that were used stay open no longer than the quiet after them.
      KEEP_ALIVE_MS: '1000',
      LOG_LEVEL: 'error',
      PROBE_FILE: file,
      NODE_OPTIONS: `--import=${pathToFileURL(path.join(ROOT, 'dist/test/support/probe.js')).href}`,
    });
    const fuzzer = await openFuzzer(site);
    const channels = Object.entries(fuzzer.channels);
    const sent: Record<string, number> = {};
    const round = async (number: number) => {
      for (const [name, send] of channels) {
        await send(seed + number, RUNS);
        sent[name] = (sent[name] ?? 0) + RUNS;
      }
    };
    // What is loaded at the first use, and pools that grow once, are there before anything is measured.
    await round(0);
    await Promise.all(Array.from({ length: MANY }, async () => (await fetch(`${site.url}/?q=x`)).text()));
    const before = await probe(site, file);
    const end = performance.now() + TIME_MS;
    for (let number = 1; performance.now() < end; number++) await round(number);
    const complaintsOf = (now: Probe): string[] => [
      ...(now.descriptors <= before.descriptors ? [] : [`descriptors: ${before.descriptors} -> ${now.descriptors}`]),
      ...(now.held - before.held < 16 * MB ? [] : [`held: ${before.held} -> ${now.held}`]),
      ...(now.own - before.own < 128 * MB ? [] : [`own memory: ${before.own} -> ${now.own}`]),
      ...(now.delay < before.delay + 5 ? [] : [`delay of the event loop: ${before.delay} -> ${now.delay}`]),
    ];
    let now = await probe(site, file);
    // what does not come back is not back at the third look either; a busy machine may be quiet then
    for (let look = 1; look < LOOKS && complaintsOf(now).length > 0; look++) now = await probe(site, file);
    const rejected = site.stderr();
    fuzzer.close();
    const ended = await site.end('SIGTERM');
    await rm(dir, { recursive: true, force: true });
    record('fuzz', { seed, seconds: TIME_MS / 1000, sent, before, after: now });
    assert.equal(rejected, '', 'the log has errors');
    assert.equal(ended.code, 0);
    assert.deepEqual(complaintsOf(now), []);
  });
});

/** What a site holds after a time of quiet. */
async function probe(site: SiteProcess, file: string): Promise<Probe> {
  const probes = async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const next = async () => {
    const { length } = await probes();
    process.kill(site.pid, 'SIGUSR2');
    return waitFor('a probe', async () => (await probes())[length]);
  };
  await after(QUIET_MS);
  await next();
  await after(QUIET_MS);
  return JSON.parse(await next()) as Probe;
}
