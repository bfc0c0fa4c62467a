/** Data of earlier versions goes on working after an upgrade. */
import assert from 'node:assert/strict';
import { startSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { DESK_PASSWORD, work } from '../support/consultant.js';

describe('an upgrade from version 0.1', () => {
  it('frees the seats, presences, names and desks of sockets that its documents name under the old fields', async () => {
    const site = await startSite({ ROOM_GRACE_MS: '300', CONSULT_PASSWORD: DESK_PASSWORD });
    try {
      const [owner, guest] = [await arrive(site), await arrive(site)];
      const room = await owner.createRoom({ title: 'From before', max: 2 });
      await owner.sit(room._id);
      await guest.open(room._id);
      await guest.sit(room._id);
      await work(site, 'Mina');
      const store = await Store.open(site.databaseUrl);
      for (const visitor of [owner, guest]) visitor.leaveAll();
      const old = [{ node: 'gone', socket: 'gone' }];
      await waitFor('no seat', async () => (await store.count('seats')) === 0);
      await store
        .collection('rooms')
        .updateOne({ title: 'From before' }, { $set: { state: 'open', emptySince: null } });
      const seat = {
        room: room._id,
        color: '#123456',
        name: 'x',
        lang: 'en',
        shift: 0,
        until: null,
        createdAt: new Date(),
      };
      await store.collection('seats').insertOne({ ...seat, visitor: 'a', slot: 0, holds: old });
      await store.collection('presences').insertOne({ _id: 'a' as never, holds: old, until: null });
      await store.collection('lobbyusers').insertOne({
        ...{ _id: 'a' as never, name: 'Old', key: 'old', color: '#123456', lang: 'en', online: true },
        ...{ holds: old, until: null, lastSeen: new Date() },
      });
      await store.collection('consultants').updateOne({ name: 'Mina' }, { $set: { lines: old, awaySince: null } });
      await store.collection('consultants').updateOne({ name: 'Mina' }, { $unset: { sockets: '' } });
      await store.close();

      await site.restart();

      const after = await Store.open(site.databaseUrl);
      await waitFor('seat and presence free', async () => {
        await site.app.services.sweeper.sweep();
        return (await after.count('seats')) + (await after.count('presences')) === 0;
      });
      await waitFor('the lobby to be left', async () => (await after.count('lobbyusers', { online: true })) === 0);
      const consultant = await after.collection('consultants').findOne({ name: 'Mina' });
      assert.ok(consultant?.['awaySince'] instanceof Date, 'away until a page comes');
      assert.deepEqual([consultant['sockets'], consultant['lines']], [[], undefined]);
      await after.close();
    } finally {
      await site.close();
    }
  });
});
