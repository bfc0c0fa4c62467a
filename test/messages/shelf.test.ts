/** The GIF shelf: what is on it, how it is searched, what sending from it means, and what flashes. */
import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ShelfView } from '../../schemas/messages/shelf.js';
import type { MessageView, RoomView } from '../../schemas/rooms/contract.js';
import * as pictures from '../support/pictures.js';
import { filesUnder, startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const STARTER = { id: 'reactions/thumbs-up', bytes: 60 * 1024, gifs: 60 };

describe('the GIF shelf', () => {
  let site: TestSite;
  let owner: TestVisitor;
  let guest: TestVisitor;
  let room: RoomView;

  before(async () => {
    site = await startSite({ LIMITS: 'off' });
    [owner, guest] = [await arrive(site), await arrive(site, 'ko')];
    room = await owner.createRoom({ title: 'GIFs' });
    for (const visitor of [owner, guest]) {
      await visitor.open(room._id);
      await visitor.sit(room._id);
    }
  });
  after(async () => {
    owner.leaveAll();
    guest.leaveAll();
    await site.close();
  });

  const shelf = async (q?: string) => {
    const { body } = await guest.agent.get('/shelf').query(q === undefined ? {} : { q });
    return body as ShelfView;
  };
  const idsOf = async (q: string) => (await shelf(q)).gifs.map(({ id }) => id);
  const put = async (set: string, name: string, content: Buffer) => {
    const folder = path.join(site.dir, 'data/shelf', set);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, name), content);
  };

  it('has a starter set of small GIFs, each with a still, to whoever asks', async () => {
    const { sets, gifs } = await shelf();
    assert.deepEqual([sets[0], gifs.length >= STARTER.gifs], ['reactions', true]);
    for (const { url, still, width, height, tags } of gifs.slice(0, 3)) {
      const [moving, first] = [await fetch(site.url + url), await fetch(site.url + still)];
      assert.deepEqual([moving.status, moving.headers.get('content-type')], [200, 'image/gif']);
      assert.ok((await moving.arrayBuffer()).byteLength <= STARTER.bytes);
      assert.deepEqual([first.status, first.headers.get('content-type')], [200, 'image/png']);
      assert.ok(width > 0 && height > 0 && tags.length > 2);
    }
    for (const wrong of ['/shelf/reactions/none.moving.gif', '/shelf/..%2f..%2fpackage.moving.json', '/shelf/%ff'])
      assert.ok([400, 404].includes((await fetch(site.url + wrong)).status), wrong);
  });

  it('is searched by name and tag in both languages', async () => {
    assert.equal((await idsOf('thumbs up'))[0], STARTER.id);
    assert.ok((await idsOf('최고')).includes(STARTER.id));
    assert.ok((await idsOf('GOOD')).includes(STARTER.id));
    assert.ok((await idsOf('생')).includes('reactions/cake'));
    const nothing = await shelf('thumbz');
    assert.deepEqual(nothing.gifs, []);
    assert.ok(nothing.near!.includes('thumbs up'), JSON.stringify(nothing.near));
  });

  it('is sent as JSON or form, once for its client id, and belongs to the room like any picture', async () => {
    const send = (body: object) => owner.agent.post(`/room/${room._id}/gif`).send(body);
    const first = await send({ shelf: STARTER.id, clientId: 'tap-1' });
    assert.equal(first.status, 200, first.text);
    const message = first.body as MessageView;
    assert.deepEqual(
      [message.gif!.width, message.gif!.alt, message.gif!.flashes, message.chat],
      [160, 'thumbs up', undefined, undefined],
    );
    const again = (await send({ shelf: STARTER.id, clientId: 'tap-1' })).body as MessageView;
    assert.deepEqual(again, message);
    const form = (await guest.agent.post(`/room/${room._id}/gif`).type('form').send({ shelf: STARTER.id })).body;
    assert.equal((form as MessageView).gif!.alt, '엄지척');
    const multipart = await owner.agent.post(`/room/${room._id}/gif`).field({ shelf: STARTER.id, alt: 'Yes!' });
    assert.equal((multipart.body as MessageView).gif!.alt, 'Yes!');
    const heard = (await guest.history(room._id)).body.chats as MessageView[];
    assert.equal(heard.length, 3);
    const [served, stranger] = [await guest.agent.get(message.gif!.url), await arrive(site)];
    assert.deepEqual([served.status, served.headers['content-type']], [200, 'image/gif']);
    assert.equal((await stranger.agent.get(message.gif!.url)).status, 404);
    const other = await owner.createRoom({ title: 'Over soon' });
    await owner.open(other._id);
    await owner.sit(other._id);
    assert.equal((await owner.agent.post(`/room/${other._id}/gif`).send({ shelf: STARTER.id })).status, 200);
    assert.equal((await filesUnder(path.join(site.uploads, 'rooms', other._id))).length, 1);
    await owner.remove(other._id);
    assert.deepEqual(await filesUnder(path.join(site.uploads, 'rooms', other._id)), []);
  });

  it('refuses what is not on it, and who may not post', async () => {
    const send = async (body: object, who = owner) => {
      const answer = await who.agent.post(`/room/${room._id}/gif`).send(body);
      return [answer.status, (answer.body as { error: { code: string } }).error.code];
    };
    const count = async () => ((await guest.history(room._id)).body.chats as unknown[]).length;
    const before = await count();
    for (const shelf of ['reactions/none', '../package', `x/${'y'.repeat(90)}`])
      assert.deepEqual(await send({ shelf }), [404, 'gif_not_found']);
    for (const shelf of ['', 'x'.repeat(201)]) assert.deepEqual(await send({ shelf }), [400, 'bad_input']);
    for (const body of [{}, { shelf: 5 }, { shelf: [STARTER.id] }])
      assert.deepEqual(await send(body), [400, 'file_required']);
    assert.deepEqual(await send({ shelf: STARTER.id }, await arrive(site)), [403, 'not_admitted']);
    assert.equal(await count(), before);
    assert.deepEqual(await filesUnder(path.join(site.uploads, '.tmp')), []);
  });

  it('takes more from a folder of the operator: broken ones are left out, none is judged twice', async () => {
    await put('우리 팀', 'coffee-break 커피.gif', await pictures.animated('gif'));
    await put('우리 팀', 'broken.gif', Buffer.from('GIF89a and then nothing'));
    await put('우리 팀', 'strobe.webp', await pictures.blinking(50));
    await put('우리 팀', 'notes.txt', Buffer.from('no picture'));
    await site.restart();
    const { sets, gifs } = await waitFor('both GIFs', async () => {
      const found = await shelf();
      return found.gifs.filter(({ set }) => set === '우리 팀').length === 2 && found;
    });
    assert.deepEqual(sets, ['reactions', '우리 팀']);
    const coffee = gifs.find(({ id }) => id === '우리 팀/coffee-break 커피')!;
    assert.deepEqual([coffee.width, coffee.height, await idsOf('우리 커피')], [24, 16, [coffee.id]]);
    for (const url of [coffee.url, coffee.still]) assert.equal((await fetch(site.url + url)).status, 200);
    const made = path.join(site.dir, 'data/shelf/.made');
    const before = (await readdir(made)).sort();
    await site.restart();
    await waitFor('both GIFs again', async () => (await idsOf('strobe')).length > 0);
    assert.deepEqual((await readdir(made)).sort(), before);
    const sent = await owner.agent.post(`/room/${room._id}/gif`).send({ shelf: '우리 팀/strobe' });
    assert.equal((sent.body as MessageView).gif?.flashes, true, sent.text);
  });

  it('says which pictures flash: more than three times a second on more than a quarter of them', async () => {
    const flashes = async (picture: Buffer) => {
      const posted = await owner.postGif(room._id, picture);
      assert.equal(posted.status, 200, posted.text);
      return (posted.body as MessageView).gif!.flashes ?? false;
    };
    assert.equal(await flashes(await pictures.blinking(50)), true);
    assert.equal(await flashes(await pictures.blinking(140)), true);
    assert.equal(await flashes(await pictures.blinking(0)), true);
    assert.equal(await flashes(await pictures.blinking(170)), false);
    assert.equal(await flashes(await pictures.blinking(50, 0.2)), false);
    assert.equal(await flashes(await pictures.blinking(50, 0.5)), true);
    assert.equal(await flashes(await pictures.animated('gif', 8)), false);
    assert.equal(await flashes(await pictures.png()), false);
  });
});
