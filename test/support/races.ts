/** Races for what only one may have: some trials of each belong to `npm test`, a thousand to `npm run test:chaos`. */
import assert from 'node:assert/strict';
import type { OpenAnswer } from '../../schemas/consult/contract.js';
import type { Visitor } from '../../services/people/visitors.js';
import { startConsult, TestConsultant, work } from './consultant.js';
import type { TestSite } from './site.js';
import { arrive, type Reachable } from './visitor.js';

/** Two visitors claim a name of the lobby at the same moment: one gets it, the other is told that it is taken. */
export async function raceForLobbyNames(site: TestSite, trials: number): Promise<void> {
  const { lobby } = site.app.services;
  const { LobbyUser } = site.app.database.models;
  const visitor = (i: number): Visitor => ({
    id: `d${i.toString(16).padStart(31, '0')}`,
    name: 'x',
    color: '#123456',
    lang: 'en',
  });
  const trial = async (number: number) => {
    const claim = (side: number, name: string) =>
      lobby.join(visitor(2 * number + side), name, { node: 'n', socket: `${side}-${number}` });
    const claims = await Promise.allSettled([
      claim(0, `race ${number}`),
      claim(1, number % 2 ? `RACE${number}` : `race ${number}`),
    ]);
    const lost = claims.filter((each) => each.status === 'rejected');
    assert.equal(lost.length, 1, `trial ${number}`);
    assert.equal((lost[0]?.reason as { code?: string }).code, 'name_taken');
  };
  const numbers = Array.from({ length: trials }, (_, number) => number);
  while (numbers.length > 0) await Promise.all(numbers.splice(0, 25).map(trial));
  assert.equal(await LobbyUser.countDocuments({ 'sockets.node': 'n' }), trials);
  await LobbyUser.deleteMany({ 'sockets.node': 'n' });
}

/** Four consultants take each case at the same moment: one has it, the others hear who. Eight cases go on at a time. */
export async function raceForCases(site: Reachable, trials: number): Promise<void> {
  const names = ['Ann', 'Ben', 'Cho', 'Dan'];
  const consultants = await Promise.all(names.map((name) => work(site, name)));
  const desks = await Promise.all(consultants.map((consultant) => consultant.desk()));
  const visitors = await Promise.all(Array.from({ length: 8 }, () => arrive(site)));
  let left = trials;
  await Promise.all(
    visitors.map(async (visitor) => {
      const ear = await visitor.listen('/consult');
      while (left-- > 0) {
        const id = await startConsult(ear);
        const answers = await Promise.all(desks.map((desk) => desk.ask<OpenAnswer>('consultant-join', id)));
        const won = answers.flatMap((answer, index) => (answer.ok ? [names[index]] : []));
        assert.equal(won.length, 1, `${won.length} winners`);
        for (const answer of answers)
          if (!answer.ok) assert.deepEqual([answer.error.code, answer.error.by], ['consult_taken', won[0]]);
        assert.ok((await ear.ask('end-consult', id)).ok);
      }
    }),
  );
  for (const each of [...consultants, ...visitors]) each.leaveAll();
}

/** Four consultants sign in with the same name at the same moment: one works, and once they leave the name is free. */
export async function raceForDeskNames(site: Reachable, trials: number): Promise<void> {
  const rivals = await Promise.all(Array.from({ length: 4 }, () => new TestConsultant(site, '').arrive()));
  for (let trial = 0; trial < trials; trial++) {
    for (const rival of rivals) rival.name = `Wanted ${Math.floor(trial / 2)}`;
    const answers = await Promise.all(rivals.map((rival) => rival.signIn()));
    const winners = rivals.filter((_, index) => answers[index]!.status === 200);
    assert.equal(winners.length, 1, `${winners.length} have it`);
    for (const { status, body } of answers)
      if (status !== 200) assert.deepEqual([status, body.error.code], [409, 'consultant_name_taken']);
    const [winner] = winners;
    const working = [];
    for (const rival of rivals)
      if ((await rival.agent.get('/chat/admin')).text.includes('data-sign-out')) working.push(rival);
    assert.deepEqual(working, [winner]);
    await winner!.signOut();
  }
}
