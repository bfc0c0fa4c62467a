/**
 * Direct messages under load: Socket.IO to Socket.IO (posted over HTTP, as the pages do), raw to raw, and what an idle
 * raw line weighs. The site is a process of its own, this one is its clients; both on one machine, loopback only.
 * `node dist/bench/direct.js [pairs] [seconds] [lines]` prints a table and writes bench/results/direct.json.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import type { DirectView, ServerFrame } from '../schemas/direct/contract.js';
import { ROOT } from '../services/site/root.js';
import { someone, type Someone } from '../test/support/direct.js';
import { openLine, type Raw, startLine } from '../test/support/line.js';
import { waitFor } from '../test/support/wait.js';

const [pairs = 20, seconds = 8, lines = 1_000] = process.argv.slice(2).map(Number);
/** Messages of one sender under way at once. */
const WINDOW = 4;
/** Begin with what comes from now on. */
const NOW = { after: Number.MAX_SAFE_INTEGER };

interface Result {
  path: string;
  perSecond: number;
  p50: number;
  p99: number;
}

async function startServer(): Promise<{ child: ChildProcess; url: string; dir: string }> {
  const dir = mkdtempSync(path.join(tmpdir(), 'gif-chat-bench-'));
  const env = {
    ...process.env,
    PORT: '0',
    LIMITS: 'off',
    LOG_LEVEL: 'silent',
    DATA_DIR: `${dir}/data`,
    UPLOADS_DIR: `${dir}/up`,
  };
  const child = spawn(process.execPath, [...process.execArgv, path.join(ROOT, 'dist/app.js')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const url = await waitFor('the site', () => /ready: (\S+)/.exec(said)?.[1], 20_000);
  return { child, url, dir };
}

const rss = ({ pid = 0 }: ChildProcess) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;

/** Keep `WINDOW` messages of every pair under way for a while. `send` sends the text; `got` is called on arrival. */
async function drive(name: string, senders: ((text: string) => void)[], listen: (got: (text: string) => void) => void) {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  let underWay = 0;
  const next = (sender: number) => {
    if (performance.now() > end) return;
    underWay++;
    senders[sender]?.(`${sender} ${performance.now()} ${'x'.repeat(100)}`);
  };
  listen((text) => {
    const [sender = '', at = ''] = text.split(' ');
    times.push(performance.now() - Number(at));
    underWay--;
    next(Number(sender));
  });
  const began = performance.now();
  for (let i = 0; i < WINDOW; i++) for (const sender of senders.keys()) next(sender);
  await waitFor(`the end of ${name}`, () => performance.now() > end && underWay === 0, seconds * 1000 + 15_000);
  const took = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number) => Number((times[Math.floor(times.length * share)] ?? 0).toFixed(2));
  return { path: name, perSecond: Math.round(times.length / took), p50: at(0.5), p99: at(0.99) } satisfies Result;
}

async function socketToSocket(couples: [Someone, Someone][], url: string): Promise<Result> {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true });
  const ears = await Promise.all(couples.map(([, to]) => to.visitor.listen('/direct')));
  const senders = couples.map(([from, to]) => (message: string) => {
    const body = JSON.stringify({ message });
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      cookie: from.visitor.cookie,
    };
    const post = request({ hostname, port, agent, headers, method: 'POST', path: `/api/messages/send/${to.id}` });
    post.on('response', (response) => response.resume()).end(body);
  });
  const result = await drive('Socket.IO to Socket.IO', senders, (got) => {
    for (const ear of ears) ear.socket.on('newMessage', (message: DirectView) => got(message.message));
  });
  for (const ear of ears) ear.close();
  agent.destroy();
  return result;
}

async function rawToRaw(couples: [Someone, Someone][]): Promise<Result> {
  const froms = await Promise.all(couples.map(([from]) => startLine(from.visitor, NOW)));
  const tos = await Promise.all(couples.map(([, to]) => startLine(to.visitor, NOW)));
  const senders = froms.map((line, i) => (message: string) => {
    line.send({ type: 'chat', toUserId: couples[i]?.[1].id, message });
  });
  const result = await drive('raw to raw', senders, (got) => {
    for (const { ws } of tos) {
      ws.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as ServerFrame;
        if (frame.type === 'chat') got(frame.message);
      });
    }
  });
  for (const line of [...froms, ...tos]) line.drop();
  return result;
}

/** Memory of the server process, before and after many lines that said who they are and then nothing. */
async function idleLines(child: ChildProcess, people: Someone[]): Promise<number> {
  const before = rss(child);
  const open: Raw[] = [];
  for (let i = 0; i < lines; i++) {
    const who = people[i % people.length];
    if (!who) break;
    const line = await openLine(who.visitor);
    line.send({ type: 'init', ...NOW });
    open.push(line);
  }
  await waitFor('all lines', () => open.every((line) => line.all('ready').length > 0), 60_000);
  const after = rss(child);
  for (const { ws } of open) if (ws.readyState === WebSocket.OPEN) ws.terminate();
  return Math.round((after - before) / lines);
}

const { child, url, dir } = await startServer();
try {
  const site = { url };
  const couples: [Someone, Someone][] = [];
  for (let i = 0; i < pairs; i++) couples.push([await someone(site), await someone(site)]);
  const bytesPerIdleLine = await idleLines(child, couples.flat());
  const results = [await socketToSocket(couples, url), await rawToRaw(couples)];
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? '?'}, Node ${process.version}, embedded store`;
  console.log(`${machine}; ${pairs} pairs, ${WINDOW} messages of each under way, ${seconds} s\n`);
  console.log('| path | messages/s | p50 ms | p99 ms |\n|---|---|---|---|');
  for (const { path: name, perSecond, p50, p99 } of results)
    console.log(`| ${name} | ${perSecond} | ${p50} | ${p99} |`);
  console.log(`\nAn idle raw line: ${bytesPerIdleLine} bytes of the server's memory (${lines} lines)`);
  const folder = path.join(ROOT, 'bench/results');
  mkdirSync(folder, { recursive: true });
  const report = { machine, pairs, window: WINDOW, seconds, lines, results, bytesPerIdleLine };
  writeFileSync(path.join(folder, 'direct.json'), JSON.stringify(report, null, 2));
} finally {
  child.kill();
  rmSync(dir, { recursive: true, force: true });
}
process.exit(0);
