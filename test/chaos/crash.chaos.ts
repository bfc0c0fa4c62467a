/** R1: an acknowledged message survives a crash of the site. Twenty `kill -9` under posts that are resent until answered. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { type SiteProcess, startProcess } from '../support/process.js';
import { temporaryFolder } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { record, seeded } from './record.js';

const KILLS = 20;
const ROOMS = 5;
const POSTERS = 4;

describe('R1', () => {
  it(`${KILLS} crashes under load: nothing answered is lost, doubled or out of order`, async () => {
    const dir = await temporaryFolder();
    const { seed, random } = seeded();
    const env = { LIMITS: 'off', ROOM_GRACE_MS: '600000' };
    let site: SiteProcess = await startProcess(dir, env);
    const { port } = new URL(site.url);
    const attempted = new Set<string>();
    const answered = new Map<string, MessageView>();
    let stopping = false;

    const rooms: { id: string; posters: TestVisitor[] }[] = [];
    for (let index = 0; index < ROOMS; index++) {
      const posters = await Promise.all(Array.from({ length: POSTERS }, () => arrive(site)));
      const id = (await posters[0]!.createRoom({ title: `room ${index}` }))._id;
      for (const poster of posters) await poster.open(id);
      rooms.push({ id, posters });
    }
    const loops = rooms.flatMap(({ id, posters }) =>
      posters.map(async (poster, who) => {
        for (let number = 0; !stopping; number++) {
          const text = `${id}:${who}:${number}`;
          attempted.add(text);
          // Resent until answered, as the page's outbox does.
          for (;;) {
            const answer = await poster.post(id, text, text.replaceAll(':', '-')).catch(() => null);
            if (answer?.status === 200) {
              answered.set(text, answer.body as MessageView);
              break;
            }
            await after(100);
          }
        }
      }),
    );
    for (let kill = 0; kill < KILLS; kill++) {
      await after(2_000 + random() * 3_000);
      await site.end('SIGKILL');
      site = await startProcess(dir, { ...env, PORT: port });
    }
    stopping = true;
    await Promise.all(loops);

    const lost: string[] = [];
    const [doubled, unexpected, disordered] = [[], [], []] as string[][];
    for (const { id, posters } of rooms) {
      const stored = await posters[0]!.readAll(id);
      const seen = new Map<string, MessageView>();
      for (const [index, message] of stored.entries()) {
        const text = message.chat ?? '';
        if (seen.has(text)) doubled?.push(text);
        if (!attempted.has(text)) unexpected?.push(text);
        if (index > 0 && message.seq <= (stored[index - 1]?.seq ?? 0)) disordered?.push(text);
        seen.set(text, message);
      }
      for (const [text, message] of answered) {
        if (message.room === id && seen.get(text)?.seq !== message.seq) lost.push(text);
      }
    }
    await site.end('SIGTERM');
    await rm(dir, { recursive: true, force: true });
    record('R1', {
      seed,
      kills: KILLS,
      answered: answered.size,
      lost: lost.length,
      doubled: doubled?.length,
      unexpected: unexpected?.length,
    });
    assert.deepEqual(
      { lost, doubled, unexpected, disordered },
      { lost: [], doubled: [], unexpected: [], disordered: [] },
    );
    assert.ok(answered.size > KILLS * 10);
  });
});
