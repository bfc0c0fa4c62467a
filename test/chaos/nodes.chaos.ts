/** R20 to R23: nodes that die, nodes whose clock is wrong, and who is online while hundreds come and go. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { distantStore } from '../support/distant-store.js';
import { type Someone, someone } from '../support/direct.js';
import { seenFrom, someoneFrom, startCluster } from '../support/cluster.js';
import { startProcess } from '../support/process.js';
import { startSite, temporaryFolder } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive, type Ear } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { record, seeded, times } from './record.js';

const LONELY = times(50);
const LIVELY = times(10);
const FLAPPERS = times(100);
const FLAP_MS = 15_000;
const WRONG_CLOCK = new URL('../support/wrong-clock.js', import.meta.url).href;
const HOUR_MS = 3_600_000;
const SECRET = 'one-secret-for-both-of-the-nodes';

describe('R20, R21', () => {
  it(`a node killed: its ${LONELY} rooms without anybody go, ${LIVELY} whose visitors come to another node live`, async () => {
    const [dir, store] = [await temporaryFolder(), await distantStore()];
    const env = { MONGO_URL: store.url, COOKIE_SECRET: SECRET, LIMITS: 'off', ROOM_GRACE_MS: '15000' };
    const other = await startSite(env);
    const doomed = await startProcess(dir, { ...env, UPLOADS_DIR: other.uploads });
    const list = await (await arrive(other)).listen('/room');
    const rooms = await Promise.all(
      Array.from({ length: LONELY + LIVELY }, async (_, number) => {
        const [host, guest] = [await arrive(doomed), await arrive(doomed)];
        const { _id } = await host.createRoom({ title: `room ${number}` });
        await guest.open(_id);
        const people = number < LONELY ? [host] : [host, guest];
        const ears = await Promise.all(people.map((person) => person.sit(_id)));
        await host.say(_id, 'before');
        return { _id, people, ears };
      }),
    );
    const [lonely, lively] = [rooms.slice(0, LONELY), rooms.slice(LONELY)];
    await doomed.end('SIGKILL');
    const began = performance.now();
    for (const { ears } of rooms) for (const ear of ears) ear.close();
    const after = await Promise.all(
      lively.map(async ({ _id, people }) => {
        const ears = await Promise.all(people.map((person) => seenFrom(other, person).sit(_id)));
        return { _id, ears };
      }),
    );
    const ended = () => new Set(list.all<string>('removeRoom'));
    await waitFor('the end of every empty room', () => lonely.every(({ _id }) => ended().has(_id)), 240_000);
    const tookMs = Math.round(performance.now() - began);
    const data = await Store.open(other.databaseUrl);
    const left: string[] = [];
    for (const { _id } of lonely) {
      const isErased = async () => Object.keys(await data.traces(_id)).length === 0;
      await waitFor('no trace', isErased).catch(() => left.push(_id));
    }
    const lost = lively.filter(({ _id }) => ended().has(_id)).length;
    const counts = await Promise.all(after.map(async ({ _id, ears }) => ears[0]!.join({ room: _id, after: 0 })));
    const wrong = counts.filter((answer) => !answer.ok || answer.people !== 2 || answer.missed.length !== 1).length;
    for (const { ears } of after) for (const ear of ears) ear.close();
    await data.close();
    await other.close();
    await store.close();
    await rm(dir, { recursive: true, force: true });
    record('R20', { rooms: LONELY, tookMs, left: left.length });
    record('R21', { rooms: LIVELY, lost, wrong });
    assert.deepEqual(left, []);
    assert.equal(lost, 0);
    assert.equal(wrong, 0);
  });
});

describe('R22', () => {
  it('nodes an hour ahead, an hour behind and set back by ten minutes: no live room ends, empty ones do, sessions last', async () => {
    const store = await distantStore();
    const env = {
      MONGO_URL: store.url,
      COOKIE_SECRET: SECRET,
      LIMITS: 'off',
      ROOM_GRACE_MS: '8000',
      NODE_LEASE_MS: '12000',
    };
    const clocks = { right: 0, ahead: HOUR_MS, behind: -HOUR_MS, 'set back': 0 };
    const dirs: string[] = [];
    const nodes = await Promise.all(
      Object.entries(clocks).map(async ([name, offset]) => {
        const dir = await temporaryFolder();
        dirs.push(dir);
        return startProcess(dir, {
          ...env,
          UPLOADS_DIR: `${dirs[0]}/uploads`,
          NODE_OPTIONS: `--import=${WRONG_CLOCK}`,
          CLOCK_OFFSET_MS: String(offset),
          ...(name === 'set back' && { CLOCK_JUMP_MS: String(-HOUR_MS / 6) }),
        });
      }),
    );
    const data = await Store.open(store.url);
    const host = await arrive(nodes[0]!);
    const live = await Promise.all(
      nodes.map(async (node, number) => {
        const visitor = seenFrom(node, host);
        const { _id } = await visitor.createRoom({ title: `live ${number}` });
        await visitor.sit(_id);
        return { visitor, _id };
      }),
    );
    const { _id: shared } = live[0]!;
    await Promise.all(live.map(({ visitor }) => visitor.sit(shared)));
    const began = performance.now();
    const said: string[] = [];
    while (performance.now() - began < 20_000) {
      for (const { visitor } of live) {
        said.push(`${said.length}`);
        await visitor.say(shared, said.at(-1)!);
      }
      await wait(200);
    }
    const stored = (await host.readAll(shared)).map(({ chat }) => chat);
    const statuses = await Promise.all(
      live.map(({ visitor }) => visitor.agent.get('/api/messages').then(({ status }) => status)),
    );
    const isThere = async (room: string) => Object.keys(await data.traces(room)).length > 0;
    const areThere = await Promise.all(live.map(({ _id }) => isThere(_id)));
    const lost = areThere.filter((is) => !is).length;
    for (const { visitor } of live.slice(1)) visitor.leaveAll();
    for (const { _id } of live.slice(1)) await waitFor('the end of what is empty', async () => !(await isThere(_id)));
    for (const { visitor } of live) visitor.leaveAll();
    for (const node of nodes) await node.end('SIGTERM');
    await data.close();
    await store.close();
    for (const dir of dirs) await rm(dir, { recursive: true, force: true });
    record('R22', {
      nodes: Object.keys(clocks),
      rooms: live.length,
      lost,
      said: said.length,
      inOrder: stored.join() === said.join(),
      statuses,
    });
    assert.equal(lost, 0);
    assert.deepEqual(stored, said);
    assert.deepEqual(statuses, [200, 200, 200, 200]);
  });
});

describe('R23', () => {
  it(`${FLAPPERS} people who come and go on two nodes: afterwards both know who is there`, async () => {
    const { seed, random } = seeded();
    const cluster = await startCluster({ LIMITS: 'off', ROOM_GRACE_MS: '500' });
    const people = await Promise.all(Array.from({ length: FLAPPERS }, () => someone(cluster.one)));
    const ears = new Map<Someone, Ear>();
    let turns = 0;
    const began = performance.now();
    await Promise.all(
      people.map(async (person) => {
        while (performance.now() - began < FLAP_MS) {
          const where = random() < 0.5 ? cluster.one : cluster.two;
          const ear = await someoneFrom(where, person).visitor.listen('/direct', { reconnection: false });
          ears.set(person, ear);
          turns++;
          await wait(200 + random() * 1_800);
          if (performance.now() - began > FLAP_MS && random() < 0.5) return;
          ear.close();
          ears.delete(person);
          await wait(random() * 1_000);
        }
      }),
    );
    const truth = people
      .filter((person) => ears.has(person))
      .map(({ id }) => id)
      .sort();
    const settling = performance.now();
    const watchers = await Promise.all(
      [cluster.one, cluster.two].map(async (node) => (await someone(node)).visitor.listen('/direct')),
    );
    const known = new Set(people.map(({ id }) => id));
    const listed = (ear: Ear) =>
      (ear.all<string[]>('getOnlineUsers').at(-1) ?? []).filter((id) => known.has(id)).sort();
    await waitFor('the truth on both', () => watchers.every((ear) => listed(ear).join() === truth.join())).catch(
      () => undefined,
    );
    const settledMs = Math.round(performance.now() - settling);
    const lists = watchers.map(listed);
    for (const ear of [...ears.values(), ...watchers]) ear.close();
    await cluster.close();
    record('R23', { seed, people: FLAPPERS, turns, online: truth.length, settledMs });
    assert.deepEqual(lists, [truth, truth]);
  });
});
