/** The desk: visitors wait, consultants take them as fast as they are answered; then all want the same ones. Site only. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isOk, SocketIoClient } from '../clients/socket-io.js';
import { storeOperations } from '../clients/store.js';
import { cookieOf, eachOnConnections, visitors } from '../clients/visitors.js';
import { type Measure, percentile } from '../figures.js';
import type { Build, Target } from '../target.js';
import { bySize, type Case, inTurns, rowsOf, sites, withTarget } from './bench.js';

const PASSWORD = 'desk-password';
const LIMIT_MS = 60_000;
const WINDOW_MS = 1_000;

interface Waiting {
  id: string;
  socket: SocketIoClient;
  /** When it was told its place. */
  told: number[];
}

interface Desk {
  arrivalsPerSecond: number;
  takesPerSecond: number;
  times: number[];
  cpuMs: number;
  operations: number;
  mostTold: number;
}

const FIGURES: [Measure, (desk: Desk) => number][] = [
  [{ name: 'visitors that connect and start', unit: '/s', better: 'more' }, (desk) => desk.arrivalsPerSecond],
  [{ name: 'takes', unit: '/s', better: 'more' }, (desk) => desk.takesPerSecond],
  [{ name: 'take p50', unit: 'ms', better: 'less' }, ({ times }) => percentile(times, 0.5)],
  [{ name: 'take p99', unit: 'ms', better: 'less' }, ({ times }) => percentile(times, 0.99)],
  [{ name: 'CPU a take', unit: 'ms', better: 'less' }, ({ cpuMs, times }) => cpuMs / times.length],
  [{ name: 'store operations a take', unit: '', better: 'less' }, ({ operations, times }) => operations / times.length],
  [{ name: 'places told to one visitor in any second, most', unit: '', better: 'less' }, ({ mostTold }) => mostTold],
];

export const consult: Case = {
  name: 'consult',
  about: '1,000 visitors wait, 20 consultants take half of them; 25 cases are wanted by all at once (site only)',
  slow: true,
  async run(bench) {
    const [waiting, consultants] = bySize(bench, [100, 10] as const, [1_000, 20] as const);
    const runs = await inTurns(sites(bench), 1, (build) => deskRun(build, waiting, consultants));
    const name = `desk, ${waiting.toLocaleString('en')} waiting, ${consultants} consultants`;
    return rowsOf(bench, sites(bench), runs, { case: name, state: 'first' }, FIGURES);
  },
};

const deskRun = (build: Build, count: number, consultants: number): Promise<Desk> =>
  withTarget(build, { env: { CONSULT_PASSWORD: PASSWORD } }, async (target) => {
    const cookies = await visitors(target.url, count);
    const began = performance.now();
    const waiting = await eachOnConnections(target.url, count, (_http, index) => arrive(target, cookies[index] ?? ''));
    const arrivalsPerSecond = (count * 1000) / (performance.now() - began);
    const desks = await Promise.all(Array.from({ length: consultants }, (_, index) => signIn(target, `Desk ${index}`)));
    for (const { told } of waiting) told.length = 0;

    const taken = waiting.slice(0, count / 2);
    const [cpu, operations] = [await target.cpuMs(), await storeOperations(target.dataDir)];
    const { times, tookMs } = await takeAll(desks, taken);
    const result = {
      arrivalsPerSecond,
      takesPerSecond: (taken.length * 1000) / tookMs,
      times,
      cpuMs: (await target.cpuMs()) - cpu,
      operations: (await storeOperations(target.dataDir)) - operations,
    };
    await race(desks, waiting.slice(taken.length, taken.length + 25));
    const mostTold = Math.max(...waiting.map(({ told }) => mostInASecond(told)));
    for (const socket of [...desks, ...waiting.map(({ socket: own }) => own)]) socket.close();
    return { ...result, mostTold };
  });

/** A visitor connects and starts a consultation. */
async function arrive(target: Target, cookie: string): Promise<Waiting> {
  const auth = { as: 'visitor' };
  const socket = await SocketIoClient.open(target.url, { namespace: '/consult', cookie, auth });
  const told: number[] = [];
  socket.onEvent = (packet) => void (packet.includes('["queue"') && told.push(performance.now()));
  const { sessionId } = (await socket.ask('start-consult', 'a topic')) as { sessionId?: string };
  if (sessionId === undefined) throw new Error('start-consult was refused');
  return { id: sessionId, socket, told };
}

/** Somebody signs in at the desk and has its list. */
async function signIn(target: Target, name: string): Promise<SocketIoClient> {
  const [cookie = ''] = await visitors(target.url, 1);
  const body = { name, password: PASSWORD };
  const [signedIn = ''] = await eachOnConnections(target.url, 1, async (http) =>
    cookieOf((await http.request('POST', '/chat/admin/sign-in', { cookie, body })).head),
  );
  const desk = await SocketIoClient.open(target.url, { namespace: '/consult', cookie: signedIn });
  let listed = false;
  desk.onEvent = (packet) => void (listed ||= packet.includes('waiting-sessions'));
  const limit = performance.now() + LIMIT_MS;
  while (!listed) {
    if (performance.now() > limit) throw new Error('the desk got no list');
    await desk.ask('get-waiting-sessions');
    await sleep(10);
  }
  desk.onEvent = () => undefined;
  return desk;
}

/** Each consultant takes the next that nobody has tried yet, as fast as it is answered. */
async function takeAll(desks: SocketIoClient[], cases: Waiting[]): Promise<{ times: number[]; tookMs: number }> {
  const left = [...cases];
  const times: number[] = [];
  const began = performance.now();
  const take = async (desk: SocketIoClient) => {
    for (let one = left.shift(); one; one = left.shift()) {
      const asked = performance.now();
      if (!isOk(await desk.ask('consultant-join', one.id))) throw new Error('a take was refused');
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(desks.map(take));
  return { times, tookMs: performance.now() - began };
}

/** Everybody wants each of these. @throws Error unless each has one winner. */
async function race(desks: SocketIoClient[], cases: Waiting[]): Promise<void> {
  for (const { id } of cases) {
    const answers = await Promise.all(desks.map((desk) => desk.ask('consultant-join', id)));
    const winners = answers.filter(isOk).length;
    if (winners !== 1) throw new Error(`a case was taken ${winners} times`);
  }
}

const mostInASecond = (times: number[]): number =>
  Math.max(0, ...times.map((at, index) => times.slice(index).filter((later) => later - at < WINDOW_MS).length));
