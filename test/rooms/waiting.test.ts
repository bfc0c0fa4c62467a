/** A room waits for its people: for those who lost their connection, and for nobody who left on purpose. */
import assert from 'node:assert/strict';
import type { RoomView } from '../../schemas/rooms/contract.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const GRACE_MS = 600_000;

describe('an empty room', () => {
  let site: TestSite;
  let host: TestVisitor;
  let guest: TestVisitor;
  let list: Ear;
  let room: string;

  before(async () => {
    // The default: whoever makes a room, copies its link and changes to a messenger has ten minutes.
    site = await startSite({ LIMITS: 'off' });
    [host, guest] = await Promise.all([arrive(site), arrive(site)]);
    list = await host.listen('/room');
  });
  beforeEach(async () => {
    room = (await host.createRoom({ title: 'Waits' }))._id;
  });
  after(async () => {
    for (const visitor of [host, guest]) visitor.leaveAll();
    await site.close();
  });

  const leave = (visitor: TestVisitor) => visitor.agent.post(`/room/${room}/leave`).send({});
  const view = async () => (await site.app.services.rooms.views([room]))[0] ?? null;
  const seats = (count: number) =>
    waitFor(`${count} seats`, async () => (await site.app.services.seats.count(room)) === count);
  const emptyUntil = () => waitFor('an empty room', async () => (await view())?.emptyUntil);
  const isOpen = async () => (await view()) !== null;

  it('waits ten minutes for somebody whose connection was lost, and says until when, on the list and its page', async () => {
    const seat = await host.sit(room);
    assert.equal((await view())?.emptyUntil, null);
    const before = Date.now();
    seat.close();
    const { emptyUntil } = await list.hear<RoomView>(
      'updateRoom',
      (told) => told._id === room && told.people === 0 && told.emptyUntil !== null,
    );
    const ms = Date.parse(emptyUntil ?? '') - before;
    assert.ok(ms > GRACE_MS - 60_000 && ms < GRACE_MS + 60_000, `${ms} ms`);
    for (const [lang, path, words] of [
      ['en', '/', />Closes at [^<]+</],
      ['ko', '/', />[^<]+에 닫혀요</],
      ['en', `/room/${room}`, />closes at [^<]+ unless somebody comes back</],
      ['ko', `/room/${room}`, />아무도 돌아오지 않으면 [^<]+에 닫혀요</],
    ] as const) {
      const page = await guest.agent.get(path).set('Accept', 'text/html').set('Accept-Language', lang);
      assert.match(page.text, words, `${path} in ${lang}`);
    }
    const back = await host.sit(room);
    assert.equal((await view())?.emptyUntil, null);
    back.close();
  });

  it('ends at once when its last visitor leaves on purpose', async () => {
    await host.sit(room);
    await leave(host);
    await list.hear('removeRoom', (id) => id === room);
  });

  it('waits for one who lost the connection although the last one leaves on purpose, as long as for them alone', async () => {
    const lost = await guest.sit(room);
    await host.sit(room);
    lost.close();
    await seats(1);
    await leave(host);
    await emptyUntil();
    assert.ok(await isOpen());
    // They leave on purpose, too: there is nobody to wait for.
    await leave(guest);
    await list.hear('removeRoom', (id) => id === room);
  });

  it('does not wait for one who came back and left on purpose', async () => {
    const lost = await guest.sit(room);
    lost.close();
    await emptyUntil();
    const back = await guest.sit(room);
    assert.ok((await back.ask('leave')).ok);
    await list.hear('removeRoom', (id) => id === room);
  });

  it('is not ended by a stranger who "leaves" it, nor before its first visitor', async () => {
    const stranger = await arrive(site);
    await leave(stranger);
    assert.ok(await isOpen());
    const lost = await host.sit(room);
    lost.close();
    const until = await emptyUntil();
    await leave(stranger);
    assert.equal((await view())?.emptyUntil, until);
  });

  it('closes by itself when the time is over, and its link leads to the receipt', async () => {
    const brief = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '200' });
    try {
      const visitor = await arrive(brief);
      const { _id } = await visitor.createRoom({ title: 'Brief' });
      (await visitor.sit(_id)).close();
      await waitFor('its end', () => brief.app.services.rooms.receipt(_id));
      assert.equal((await visitor.open(_id)).headers['location'], `/room/${_id}/closed`);
      assert.equal((await visitor.agent.get(`/room/${_id}/closed`).set('Accept', 'text/html')).status, 410);
    } finally {
      await brief.close();
    }
  });
});
