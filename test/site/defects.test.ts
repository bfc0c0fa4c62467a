/** The twelve defects of the original, one test each: what it did, it must not do. */
import assert from 'node:assert/strict';
import type { MessageView, RoomView } from '../../schemas/rooms/contract.js';
import * as pictures from '../support/pictures.js';
import { filesUnder, startSite, type TestSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const PASSWORD = 'the-original-leaked-it';

describe("the original's twelve defects", () => {
  /** Rooms end soon after their last visitor: what is not about that has somebody sit there. */
  let site: TestSite;
  /** Rooms wait for their visitors; few may be made. */
  let strict: TestSite;
  let store: Store;
  let strictStore: Store;
  let owner: TestVisitor;
  let guest: TestVisitor;

  before(async () => {
    [site, strict] = await Promise.all([
      startSite({ ROOM_GRACE_MS: '1500' }),
      startSite({ LIMITS: 'chat=1000/10,room=1/3600' }),
    ]);
    [store, strictStore] = [await Store.open(site.databaseUrl), await Store.open(strict.databaseUrl)];
    [owner, guest] = [await arrive(site), await arrive(site)];
  });
  afterEach(() => {
    owner.leaveAll();
    guest.leaveAll();
  });
  after(async () => {
    await Promise.all([store.close(), strictStore.close()]);
    await Promise.all([site.close(), strict.close()]);
  });

  it('1. the room password is in no address: forms post it, and old links are cleaned at once', async () => {
    const made = await owner.agent
      .post('/room')
      .type('form')
      .set('Accept', 'text/html')
      .send({ title: 'One', password: PASSWORD });
    const address = made.headers['location'] ?? '';
    assert.ok(!address.includes('password') && !address.includes(PASSWORD));
    const entered = await guest.agent
      .post(`${address}/enter`)
      .type('form')
      .set('Accept', 'text/html')
      .send({ password: PASSWORD });
    assert.deepEqual([entered.status, entered.headers['location']], [303, address]);
    const linked = await (await arrive(site)).agent.get(`${address}?password=${PASSWORD}`);
    assert.deepEqual([linked.status, linked.headers['location']], [302, address]);
  });

  it('2. it is stored as an argon2id hash, and two equal ones differ', async () => {
    const ids = [
      await owner.createRoom({ title: 'Two', password: PASSWORD }),
      await owner.createRoom({ title: 'Two', password: PASSWORD }),
    ].map(({ _id }) => _id);
    const rooms = await store.collection('rooms').find({ title: 'Two' }).toArray();
    const hashes = rooms.filter(({ _id }) => ids.includes(String(_id))).map((room) => String(room['passwordHash']));
    assert.equal(new Set(hashes).size, 2);
    for (const hash of hashes) assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    for (const room of rooms) assert.ok(!JSON.stringify(room).includes(PASSWORD));
  });

  it('3. newRoom tells everybody that there is a password, not which', async () => {
    const ear = await guest.listen('/room');
    const { _id } = await owner.createRoom({ title: 'Three', password: PASSWORD });
    const told = await ear.hear<RoomView>('newRoom', (room) => room._id === _id);
    assert.deepEqual(Object.keys(told).sort(), [
      '_id',
      'approval',
      'closedDoor',
      'createdAt',
      'emptyUntil',
      'listed',
      'locked',
      'max',
      'owner',
      'people',
      'slow',
      'title',
    ]);
    assert.equal(told.locked, true);
    assert.ok(!ear.frames.some((frame) => frame.includes(PASSWORD) || frame.includes('argon2')));
  });

  it('4. knowing a room id is not enough to join or post: password and seats are asked for', async () => {
    const locked = await owner.createRoom({ title: 'Four', password: PASSWORD, max: 2 });
    const ear = await guest.listen();
    const refused = await ear.join(locked._id);
    assert.ok(!refused.ok && refused.error.code === 'not_admitted');
    assert.equal((await guest.post(locked._id, 'hello')).status, 403);
    await guest.enter(locked._id, PASSWORD);
    const [first, second] = [await owner.sit(locked._id), await ear.join(locked._id)];
    assert.ok(first.socket.connected && second.ok);
    const third = await arrive(site);
    await third.enter(locked._id, PASSWORD);
    const full = await (await third.listen()).join(locked._id);
    assert.ok(!full.ok && full.error.code === 'room_full');
    third.leaveAll();
  });

  it('5. nobody but its owner deletes a room', async () => {
    const { _id } = await owner.createRoom({ title: 'Five' });
    await owner.sit(_id);
    await guest.open(_id);
    assert.equal((await guest.remove(_id)).status, 403);
    assert.equal((await guest.open(_id)).status, 200);
    assert.equal((await owner.remove(_id)).status, 200);
  });

  it('6. a lone visitor who reloads finds the room as it was', async () => {
    const [lone, other] = [await arrive(strict), await arrive(strict)];
    const list = await other.listen('/room');
    const { _id } = await lone.createRoom({ title: 'Six' });
    const tab = await lone.sit(_id);
    await lone.say(_id, 'am I alone?');
    tab.close();
    const page = await lone.open(_id);
    assert.ok(page.text.includes('am I alone?'));
    await lone.sit(_id);
    assert.equal((await lone.say(_id, 'yes')).seq, 2);
    assert.ok(!list.all('removeRoom').includes(_id));
    for (const visitor of [lone, other]) visitor.leaveAll();
  });

  it('7. the room that a socket leaves is known to the server, whatever the Referer says', async () => {
    const kept = await owner.createRoom({ title: 'Seven B' });
    const inKept = await owner.sit(kept._id);
    const ear = await guest.listen('/chat', {
      extraHeaders: { cookie: guest.cookie, origin: site.url, referer: `${site.url}/room/${kept._id}` },
    });
    const list = await guest.listen('/room');
    const left = await owner.createRoom({ title: 'Seven A' });
    assert.ok((await ear.join(left._id)).ok);
    ear.close();
    await list.hear('removeRoom', (id) => id === left._id);
    assert.deepEqual(inKept.all('exit'), []);
    assert.equal((await owner.say(kept._id, 'still here')).seq, 1);
  });

  it('8. pages name no host and load nothing from elsewhere: they work under any name', async () => {
    const { _id } = await owner.createRoom({ title: 'Eight' });
    for (const address of ['/', '/room', `/room/${_id}`]) {
      const { text } = await owner.agent.get(address).set('Accept', 'text/html');
      const loaded = [
        ...text.matchAll(/<(?:script|link|img|iframe|form|a|use|source)\b[^>]*?\s(?:src|href|action)="([^"]*)"/g),
      ].map((match) => match[1] ?? '');
      assert.ok(loaded.length > 5);
      assert.deepEqual(
        loaded.filter((link) => !/^(?:\/(?!\/)|#|data:)/.test(link)),
        [],
      );
      assert.ok(!text.includes('localhost:8005'));
    }
  });

  it('9. a visitor is an id: of two with one colour, only the owner owns, and each message says whose it is', async () => {
    const [mine, theirs] = [await arrive(strict), await arrive(strict)];
    const { _id } = await mine.createRoom({ title: 'Nine' });
    await theirs.open(_id);
    // Who has no socket here is looked up for every post: what this node remembers of its own sockets it would not ask for.
    for (const visitor of [mine, theirs]) await visitor.say(_id, 'a seat');
    // Colours meet in one room of twenty with 20 people; here they are made to meet.
    await strictStore.collection('seats').updateMany({ room: _id }, { $set: { color: '#123456' } });
    const said = [await mine.say(_id, 'mine'), await theirs.say(_id, 'theirs')];
    assert.equal(said[0]!.user, said[1]!.user);
    assert.deepEqual(
      said.map(({ author }) => author.id),
      [mine.id, theirs.id],
    );
    assert.notEqual(said[0]!.author.name, '');
    assert.equal((await theirs.remove(_id)).status, 403);
  });

  it('10. uploads are pictures, under our name, served as such to the room alone', async () => {
    const { _id } = await owner.createRoom({ title: 'Ten', password: PASSWORD });
    await owner.sit(_id);
    await guest.enter(_id, PASSWORD);
    const script = await owner.postGif(_id, Buffer.from('<script>alert(1)</script>'), {
      name: 'x.html',
      type: 'text/html',
    });
    assert.equal(script.status, 415, script.text);
    const posted = await owner.postGif(_id, await pictures.gif(), { name: 'holiday-in-Jeju.gif' });
    assert.equal(posted.status, 200, posted.text);
    const message = posted.body as MessageView;
    assert.match(message.gifName ?? '', /^[0-9a-f-]{36}\.gif$/);
    const served = await guest.agent.get(message.gif!.url);
    assert.deepEqual(
      [served.headers['content-type'], served.headers['x-content-type-options']],
      ['image/gif', 'nosniff'],
    );
    assert.equal((await (await arrive(site)).agent.get(message.gif!.url)).status, 404);
    assert.ok(!(await filesUnder(site.uploads)).some((file) => file.includes('holiday')));
  });

  it("11. a room's files end with it", async () => {
    const { _id } = await owner.createRoom({ title: 'Eleven' });
    const tab = await owner.sit(_id);
    const posted = await owner.postGif(_id, await pictures.gif());
    assert.equal(posted.status, 200, posted.text);
    const message = posted.body as MessageView;
    const mine = async () => (await filesUnder(site.uploads)).filter((file) => file.includes(_id)).length;
    assert.equal(await mine(), 1);
    tab.close();
    await waitFor('the files to be gone', async () => (await mine()) === 0);
    assert.equal((await owner.agent.get(message.gif!.url)).status, 404);
    await waitFor('the messages to be gone', async () => (await store.count('chats', { room: _id })) === 0);
  });

  it('12. there are limits, and entering loads the latest fifty messages only', async () => {
    const busy = await arrive(strict);
    const { _id } = await busy.createRoom({ title: 'Twelve' });
    assert.equal((await busy.agent.post('/room').send({ title: 'one too many' })).status, 429);
    await Promise.all(Array.from({ length: 60 }, (_, index) => busy.say(_id, `${index}`)));
    const { text } = await busy.open(_id);
    assert.equal([...text.matchAll(/id="m-\d+"/g)].length, 50);
    assert.equal((await busy.post(_id, 'x'.repeat(4_001))).status, 400);
  });
});
