/**
 * A ban against the posts of who is banned, on two nodes: they sit on one node with a socket and two tabs' worth of posts under
 * way, the host bans them on the other. Some trials belong to `npm test`, a thousand to `npm run test:chaos`.
 */
import assert from 'node:assert/strict';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { seenFrom } from './cluster.js';
import type { Reachable } from './visitor.js';
import { arrive, type Ear, type TestVisitor } from './visitor.js';

/** What the trials came to. */
export interface BanRace {
  trials: number;
  /** Posts that were sent before the ban was answered and stored, and those that it refused. */
  stored: number;
  refused: number;
}

/** Posts of the banned that are under way at the moment of the ban. */
const UNDER_WAY = 4;

export async function raceOfBans(one: Reachable, two: Reachable, trials: number, together = 4): Promise<BanRace> {
  const sum: BanRace = { trials, stored: 0, refused: 0 };
  const host = await arrive(one);
  const left = Array.from({ length: trials }, (_, number) => number);
  const lanes = Array.from({ length: together }, async () => {
    const { _id } = await host.createRoom({ title: 'Bans', max: 100 });
    const ear = await host.sit(_id);
    for (let number = left.shift(); number !== undefined; number = left.shift()) {
      const { stored, refused } = await trial({ host, ear, room: _id, two }, number);
      sum.stored += stored;
      sum.refused += refused;
    }
    ear.close();
  });
  await Promise.all(lanes);
  host.leaveAll();
  return sum;
}

interface Stage {
  host: TestVisitor;
  /** The host's socket, in the room. */
  ear: Ear;
  room: string;
  two: Reachable;
}

async function trial({ host, ear, room, two }: Stage, number: number) {
  const guest = seenFrom(two, await arrive(two));
  await guest.open(room);
  const theirs = await guest.sit(room);
  const say = (what: string) => theirs.ask<{ message: MessageView }>('post', { room, chat: `${what} ${number}` });
  const early = Array.from({ length: UNDER_WAY }, (_, each) => say(`early ${each}`));
  const ban = host.agent.post(`/room/${room}/people/${guest.id}/remove`).send({ ban: true });
  const more = Array.from({ length: UNDER_WAY }, (_, each) => say(`more ${each}`));
  assert.equal((await ban).status, 200);
  // Answered: from now on nothing of theirs is stored or told, and they hear nothing.
  const late = [
    ...(await Promise.all([say('late'), say('late too')])).map((answer) => (answer.ok ? 'ok' : answer.error.code)),
    ((await guest.post(room, `late ${number}`)).body as { error?: { code: string } }).error?.code ?? 'ok',
  ];
  assert.deepEqual(late, ['banned', 'banned', 'banned'], `trial ${number}`);
  const after = await host.say(room, `after ${number}`);
  await ear.hear<MessageView>('chat', ({ seq }) => seq === after.seq);
  assert.ok(!theirs.all<MessageView>('chat').some(({ seq }) => seq === after.seq), `trial ${number}: heard`);
  const answers = await Promise.all([...early, ...more]);
  const stored = answers.flatMap((answer) => (answer.ok ? [answer.message] : []));
  const history = await host.readAll(room, Math.max(0, after.seq - 40));
  const said = history.filter(({ author }) => author.id === guest.id).map(({ _id }) => _id);
  assert.deepEqual(said.toSorted(), stored.map(({ _id }) => _id).toSorted(), `trial ${number}: stored and answered`);
  const told = ear.all<MessageView>('chat').filter(({ author }) => author.id === guest.id);
  assert.ok(!told.some(({ chat }) => chat?.startsWith('late')), `trial ${number}: told`);
  const again = await theirs.join(room);
  assert.equal(again.ok ? 'ok' : again.error.code, 'banned', `trial ${number}: came back`);
  guest.leaveAll();
  return { stored: stored.length, refused: answers.length - stored.length };
}
