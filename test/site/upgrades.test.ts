/** Data of earlier versions goes on working after an upgrade. */
import assert from 'node:assert/strict';
import type { ConsultMessageView, ResumeAnswer } from '../../schemas/consult/contract.js';
import { startSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { DESK_PASSWORD, saySomething, startConsult, takeCase, work } from '../support/consultant.js';

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
      for (const name of ['seats', 'presences', 'lobbyusers'])
        await store.collection(name).createIndex({ 'holds.node': 1 }, {}, {});
      await store.collection('consultants').createIndex({ 'lines.node': 1 }, {}, {});
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
      assert.ok(!(await after.collection('seats').indexExists('holds.node_1')), 'the old index is gone');
      await after.close();
    } finally {
      await site.close();
    }
  });

  it('finds names by what they look like, those of before too', async () => {
    const site = await startSite({ CONSULT_PASSWORD: DESK_PASSWORD });
    try {
      const [holder, other] = [await arrive(site), await arrive(site)];
      const ear = await holder.listen('/lobby');
      await ear.ask('join', 'Mina');
      const consultant = await work(site, 'Mina');
      for (const visitor of [holder, consultant]) visitor.leaveAll();
      const store = await Store.open(site.databaseUrl);
      for (const name of ['lobbyusers', 'consultants'])
        await store.collection(name).updateOne({ name: 'Mina' }, { $set: { key: 'mina' } });
      const { _id } = (await store.collection('consultants').findOne({ name: 'Mina' })) ?? {};
      await store.close();
      await site.restart();
      const second = await other.listen('/lobby');
      const answer = await second.ask('join', 'M\u0456na');
      assert.equal(answer.ok ? '' : answer.error.code, 'name_mixed');
      const alike = await second.ask('join', 'rnlna');
      assert.equal(alike.ok ? '' : alike.error.code, 'name_taken');
      other.leaveAll();
      const after = await Store.open(site.databaseUrl);
      const renewed = await after.collection('consultants').find({ name: 'Mina' }).toArray();
      assert.equal(renewed.length, 1);
      assert.deepEqual([renewed[0]?.['key'], String(renewed[0]?._id)], ['rnlna', String(_id)]);
      await after.close();
    } finally {
      await site.close();
    }
  });

  it('goes on with consultations that a counter numbered, whatever numbers it left out', async () => {
    const site = await startSite({ CONSULT_PASSWORD: DESK_PASSWORD });
    let store = await Store.open(site.databaseUrl);
    try {
      const visitor = await arrive(site);
      const ear = await visitor.listen('/consult');
      const id = await startConsult(ear);
      for (const text of ['first', 'second']) await saySomething(ear, id, text);
      // Two numbers were spent before the second message, and two after it, by messages that were never stored.
      await store.collection('casemessages').updateOne({ text: 'second' }, { $set: { seq: 4 } });
      await store.collection('cases').updateOne({}, { $set: { lastSeq: 6 } });
      await store.close();
      await site.restart();
      store = await Store.open(site.databaseUrl);

      const read = async (from: object = {}) => {
        const answer = await again.ask<ResumeAnswer>('resume-consult', { sessionId: id, ...from });
        assert.ok(answer.ok);
        return [answer.messages.map(({ seq }) => seq), answer.session?.seq];
      };
      const again = await visitor.listen('/consult');
      assert.deepEqual(await read(), [[1, 4], 4]);
      assert.deepEqual(await read({ after: 4 }), [[], 4]);
      assert.equal((await saySomething(again, id, 'third')).seq, 5);
      assert.deepEqual(await read({ after: 4 }), [[5], 5]);
      const desk = await (await work(site, 'Mina')).desk();
      const { session, messages } = await takeCase(desk, id);
      assert.deepEqual([session.seq, messages.map(({ seq }) => seq)], [5, [1, 4, 5]]);
      for (const [index, text] of ['fourth', 'fifth', 'sixth'].entries())
        assert.equal((await saySomething(index % 2 ? again : desk, id, text)).seq, 6 + index);
      await desk.hear<ConsultMessageView>('receive-message', ({ seq }) => seq === 8);
      assert.deepEqual(await read({ before: 6 }), [[1, 4, 5], 8]);
      assert.deepEqual(await read({ after: 99 }), [[], 8]);
      assert.equal((await store.collection('cases').findOne())?.['lastSeq'], 8);
    } finally {
      await store.close();
      await site.close();
    }
  });
});
