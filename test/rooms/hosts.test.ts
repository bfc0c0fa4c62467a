/** Host and helpers: handed over, made and unmade, told to everybody; and who becomes host when the host is gone for good. */
import assert from 'node:assert/strict';
import { Types } from 'mongoose';
import type { Roles } from '../../schemas/rooms/contract.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

describe('the host of a room', () => {
  let site: TestSite;
  let host: TestVisitor;
  let anna: TestVisitor;
  let ben: TestVisitor;
  let room: string;
  let ears: Ear[];

  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '600000' });
  });
  beforeEach(async () => {
    [host, anna, ben] = await Promise.all([arrive(site), arrive(site), arrive(site)]);
    room = (await host.createRoom({ title: 'Hosted' }))._id;
    ears = [];
    // One after another: who came first is told by that.
    for (const visitor of [host, anna, ben]) ears.push(await visitor.sit(room));
  });
  afterEach(() => {
    for (const visitor of [host, anna, ben]) visitor.leaveAll();
  });
  after(async () => {
    await site.close();
  });

  const role = (by: TestVisitor, of: TestVisitor, office: unknown, id = room) =>
    by.agent.put(`/room/${id}/people/${of.id}/role`).send({ role: office });
  const leave = (visitor: TestVisitor) => visitor.agent.post(`/room/${room}/leave`).send({});
  const isHost =
    ({ id }: TestVisitor) =>
    (roles: Roles) =>
      roles[id] === 'host';
  const stored = () => site.app.services.models.Room.findById(room).lean();

  describe('gives offices', () => {
    it('makes a helper, hands over, and is a member then; everybody is told, and the right to close follows', async () => {
      assert.deepEqual((await role(host, anna, 'helper')).body, { roles: { [host.id]: 'host', [anna.id]: 'helper' } });
      for (const ear of ears) await ear.hear<Roles>('roles', (roles) => roles[anna.id] === 'helper');
      assert.equal((await role(host, anna, 'host')).status, 200);
      for (const ear of ears) assert.deepEqual(await ear.hear('roles', isHost(anna)), { [anna.id]: 'host' });
      assert.equal((await host.remove(room)).body.error.code, 'not_host');
      assert.equal(((await ears[2]!.join(room)) as { roles?: Roles }).roles?.[anna.id], 'host');
      assert.equal((await anna.remove(room)).status, 200);
    });

    it('unmakes a helper', async () => {
      await role(host, anna, 'helper');
      assert.deepEqual((await role(host, anna, 'member')).body, { roles: { [host.id]: 'host' } });
    });

    it('by a form, for a browser without scripts: back to the room', async () => {
      const answer = await host.agent
        .post(`/room/${room}/people/${ben.id}/role`)
        .type('form')
        .set('Accept', 'text/html')
        .send({ role: 'helper' });
      assert.deepEqual([answer.status, answer.headers['location']], [303, `/room/${room}`]);
      assert.deepEqual((await stored())?.helpers, [ben.id]);
    });

    it('not to somebody who is not there, not by anybody else, no office that is none: nothing has changed', async () => {
      const stranger = await arrive(site);
      await role(host, anna, 'helper');
      const before = await stored();
      for (const [answer, status, code] of [
        [await role(host, stranger, 'host'), 404, 'person_not_found'],
        [await role(anna, ben, 'helper'), 403, 'not_host'],
        [await role(ben, ben, 'host'), 403, 'not_host'],
        [await role(stranger, stranger, 'host'), 403, 'not_host'],
        [await role(host, host, 'member'), 403, 'not_host'],
        [await role(host, ben, 'king'), 400, 'bad_input'],
        [await role(host, ben, { $ne: 1 }), 400, 'bad_input'],
        [await role(host, ben, 'host', String(new Types.ObjectId())), 404, 'room_not_found'],
        [await host.agent.put(`/room/${room}/people/nobody/role`).send({ role: 'host' }), 404, 'person_not_found'],
      ] as const) {
        assert.deepEqual([answer.status, answer.body.error.code], [status, code]);
      }
      assert.deepEqual(await stored(), before);
    });

    it('two hand-overs at once: one is done, the other refused', async () => {
      const answers = await Promise.all([role(host, anna, 'host'), role(host, ben, 'host')]);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 403]);
      const winner = answers[0].status === 200 ? anna : ben;
      assert.equal((await stored())?.owner, winner.id);
    });
  });

  describe('leaves on purpose', () => {
    it('the helper who is there longest becomes host, and everybody is told', async () => {
      await role(host, ben, 'helper');
      await leave(host);
      for (const ear of ears.slice(1)) await ear.hear('roles', isHost(ben));
      assert.deepEqual((await stored())?.helpers, []);
    });

    it('without a helper, the member who is there longest', async () => {
      assert.ok((await ears[0]!.ask('leave')).ok);
      for (const ear of ears.slice(1)) await ear.hear('roles', isHost(anna));
    });

    it('a helper who leaves helps no more', async () => {
      await role(host, ben, 'helper');
      await leave(ben);
      await ears[0]!.hear<Roles>('roles', (roles) => Object.keys(roles).length === 1);
    });

    it('both at once: somebody who is there is host', async () => {
      await Promise.all([leave(host), leave(anna)]);
      await ears[2]!.hear('roles', isHost(ben));
    });

    it('while the others have only lost their connection: whoever comes back first becomes host', async () => {
      ears[1]!.close();
      ears[2]!.close();
      const { Seat } = site.app.services.models;
      await waitFor('one seat', async () => (await Seat.countDocuments({ room })) === 1);
      await leave(host);
      await waitFor('no host', async () => (await stored())?.hostGone);
      const back = await ben.sit(room);
      await back.hear('roles', isHost(ben));
    });
  });

  describe('is away', () => {
    it('a host whose connection was lost stays host, until the session ends', async () => {
      ears[0]!.close();
      await ears[1]!.hear('exit', ({ who }: { who: { id: string } }) => who.id === host.id);
      const { models, succession } = site.app.services;
      await succession.sweep();
      assert.equal((await stored())?.owner, host.id);
      await models.Person.deleteOne({ _id: host.id });
      await succession.sweep();
      await ears[2]!.hear('roles', isHost(anna));
    });
  });
});
