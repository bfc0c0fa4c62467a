/**
 * `npm run bench`: the site and a plain baseline, measured in one run by this process, which is neither. Prints a table
 * and writes bench/results/site.json. docs/performance.md holds figures of one such run and says what they mean.
 */
import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { http, LightSocket, visit } from './client.js';
import { fanOut } from './fan-out.js';
import { compare, median, report, type Row, show } from './figures.js';
import { type Process, startProcess } from './site.js';

const SITE = 'app.js';
const BASELINE = 'bench/baseline.js';
const IDLE_SOCKETS = 1_000;

const rows: Row[] = [];
await coldStart();
await messages();
await lists();
await idleSockets();
await storeOperations();
console.log(`\n${report('site', rows)}\n`);
// The other places have benches of their own; each prints its table and writes its JSON.
for (const file of ['direct.js', 'consult.js', '../../packages/embedded-store/dist/bench/throughput.js']) {
  spawnSync(process.execPath, [path.join(import.meta.dirname, file)], { stdio: 'inherit' });
}
process.exit(0);

async function coldStart(): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const site = await startProcess(SITE);
    times.push(site.coldStartMs);
    await site.stop();
  }
  rows.push({ what: 'cold start, spawn to ready', site: show(median(times), 'ms') });
}

/** Site and baseline take turns, so that a noisy minute hits both. */
async function messages(): Promise<void> {
  for (const [members, posts] of [
    [50, 600],
    [500, 150],
  ] as const) {
    const site = await startProcess(SITE);
    const baseline = await startProcess(BASELINE);
    const [ours, theirs] = [[], []] as Awaited<ReturnType<typeof fanOut>>[][];
    for (let round = 0; round < 3; round++) {
      ours?.push(await fanOut(site.url, members, posts));
      theirs?.push(await fanOut(baseline.url, members, posts));
    }
    const pair = (key: 'postsPerSecond' | 'deliveriesPerSecond' | 'p50' | 'p99') =>
      [median((ours ?? []).map((run) => run[key])), median((theirs ?? []).map((run) => run[key]))] as const;
    rows.push(compare(`posts/s, ${members} members`, ...pair('postsPerSecond'), '/s'));
    rows.push(compare(`deliveries/s, ${members} members`, ...pair('deliveriesPerSecond'), '/s'));
    rows.push(compare(`post to delivery p50, ${members} members`, ...pair('p50'), 'ms', true));
    rows.push(compare(`post to delivery p99, ${members} members`, ...pair('p99'), 'ms', true));
    await Promise.all([site.stop(), baseline.stop()]);
  }
}

/** The list page with few and with many rooms, asked in turns. */
async function lists(): Promise<void> {
  const [few, many] = [await startProcess(SITE), await startProcess(SITE)];
  await fill(few, 50);
  await fill(many, 10_000);
  const times = new Map<Process, number[]>([
    [few, []],
    [many, []],
  ]);
  const cookies = new Map<Process, string>([
    [few, await visit(few.url)],
    [many, await visit(many.url)],
  ]);
  for (let round = 0; round < 300; round++) {
    for (const site of [few, many]) {
      const began = performance.now();
      await http(`${site.url}/`, 'GET', cookies.get(site));
      if (round >= 50) times.get(site)?.push(performance.now() - began);
    }
  }
  const [short, long] = [median(times.get(few) ?? []), median(times.get(many) ?? [])];
  rows.push({ what: 'list page, 50 rooms', site: show(short, 'ms') });
  rows.push({ what: 'list page, 10,000 rooms', site: show(long, 'ms') });
  rows.push({ what: 'list page, 10,000 against 50 rooms', site: `${(long / short).toFixed(2)}x` });
  await Promise.all([few.stop(), many.stop()]);
}

async function fill(site: Process, count: number): Promise<void> {
  const cookie = await visit(site.url);
  let next = 0;
  const worker = async () => {
    while (next++ < count)
      await http(`${site.url}/room`, 'POST', cookie, { title: `Room number ${next} of many`, max: 10 });
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** Memory of sockets that listen to the room list and say nothing. */
async function idleSockets(): Promise<void> {
  const figures: number[] = [];
  for (const entry of [SITE, BASELINE]) {
    const target = await startProcess(entry);
    const namespace = entry === SITE ? '/room' : '/chat';
    const cookie = await visit(target.url);
    await new LightSocket(target.url, cookie, namespace).open();
    const before = await target.memory();
    for (let index = 0; index < IDLE_SOCKETS; index++) await new LightSocket(target.url, cookie, namespace).open();
    figures.push(((await target.memory()) - before) / IDLE_SOCKETS);
    await target.stop();
  }
  rows.push(compare('memory of an idle socket', figures[0] ?? NaN, figures[1] ?? NaN, 'bytes', true));
}

/** Commands that the store gets for one post, alone and with others. */
async function storeOperations(): Promise<void> {
  const site = await startProcess(SITE);
  const socketName = (await readdir(site.dataDir)).find((name) => name.endsWith('.sock')) ?? '';
  const client = await MongoClient.connect(`mongodb://${encodeURIComponent(path.join(site.dataDir, socketName))}`);
  const operations = async () => {
    const { opcounters } = (await client.db('admin').command({ serverStatus: 1 })) as {
      opcounters: Record<string, number>;
    };
    return Object.entries(opcounters).reduce((sum, [name, count]) => sum + (name === 'command' ? 0 : count), 0);
  };
  const cookie = await visit(site.url);
  const { text } = await http(`${site.url}/room`, 'POST', cookie, { title: 'operations', max: 10 });
  const room = (JSON.parse(text) as { _id: string })._id;
  const socket = await new LightSocket(site.url, cookie, '/chat').open();
  await socket.ask('join', room);
  const post = () => http(`${site.url}/room/${room}/chat`, 'POST', cookie, { chat: 'counted' });
  await post();
  const before = await operations();
  for (let index = 0; index < 100; index++) await post();
  const between = await operations();
  await Promise.all(Array.from({ length: 400 }, post));
  const after = await operations();
  rows.push({ what: 'store operations a post, one at a time', site: show((between - before) / 100) });
  rows.push({ what: 'store operations a post, many at once', site: show((after - between) / 400) });
  await client.close();
  socket.close();
  await site.stop();
}
