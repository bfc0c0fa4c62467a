/** Pictures in the lobby and between two, uploaded or of the shelf: who posts, who sees, what becomes of them; and who is online. */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { DirectView } from '../../schemas/direct/contract.js';
import type { LobbyMessageView } from '../../schemas/lobby/contract.js';
import * as pictures from '../support/pictures.js';
import { filesUnder, startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

const SHELF = 'reactions/thumbs-up';

describe('pictures of the lobby and of conversations', () => {
  let site: TestSite;
  let ann: TestVisitor;
  let ben: TestVisitor;
  let eve: TestVisitor;

  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '50' });
    [ann, ben, eve] = [await arrive(site), await arrive(site), await arrive(site)];
    assert.equal((await ann.agent.post('/lobby/join').send({ name: 'Ann' })).status, 200);
  });
  afterEach(() => {
    for (const visitor of [ann, ben, eve]) visitor.leaveAll();
  });
  after(() => site.close());

  const files = (folder: string) => filesUnder(path.join(site.uploads, folder));
  const status = async (who: TestVisitor, url: string) => (await who.agent.get(url)).status;
  const upload = (who: TestVisitor, to: string, picture: Buffer, fields: Record<string, string> = {}) =>
    who.agent.post(to).attach('gif', picture, { filename: 'x.gif', contentType: 'image/gif' }).field(fields);

  it('are posted to the lobby by those with a name, heard and seen by everybody there', async () => {
    const ear = await ben.listen('/lobby');
    const sent = await upload(ann, '/lobby/gif', await pictures.gif(), { clientId: 'one', alt: 'stripes' });
    assert.equal(sent.status, 201, sent.text);
    const message = sent.body as LobbyMessageView;
    assert.deepEqual([message.gif!.alt, message.chat, message.user.name], ['stripes', undefined, 'Ann']);
    assert.deepEqual(await ear.hear('message', ({ gif }: LobbyMessageView) => gif !== undefined), message);
    const again = await upload(ann, '/lobby/gif', await pictures.gif(), { clientId: 'one' });
    assert.deepEqual([again.status, again.body], [201, message]);
    const shelf = await ann.agent.post('/lobby/gif').send({ shelf: SHELF });
    assert.deepEqual([shelf.status, (shelf.body as LobbyMessageView).gif!.width], [201, 160]);
    for (const who of [ann, ben]) assert.equal(await status(who, message.gif!.url), 200);
    assert.equal((await fetch(site.url + message.gif!.url)).status, 404);
    assert.equal((await files('lobby')).length, 2);
    for (const refused of [
      upload(ben, '/lobby/gif', await pictures.gif()),
      ben.agent.post('/lobby/gif').send({ shelf: SHELF }),
    ])
      assert.deepEqual([(await refused).status], [403]);
    assert.equal((await files('lobby')).length, 2);
  });

  it('come from the page’s form where there are no scripts, and a refusal goes back to that page', async () => {
    for (const [page, to] of [
      ['/lobby', '/lobby/gif'],
      [`/messages/${ben.id}`, `/api/messages/send/${ben.id}/gif`],
    ] as const) {
      const shown = await ann.agent.get(page).set('Accept', 'text/html');
      assert.ok(shown.text.includes(`enctype="multipart/form-data" action="${to}"`), page);
      const byForm = async (picture: Buffer) =>
        (await upload(ann, to, picture).set('Accept', 'text/html')).headers['location'];
      // One in the lobby is enough: the next test counts those between two.
      if (page === '/lobby') assert.equal(await byForm(await pictures.gif()), page);
      assert.equal(await byForm(Buffer.from('none')), `${page}?error=image_unsupported`);
    }
  });

  it('are gone from the lobby with their message: removed, or older than what is kept', async () => {
    const { body } = (await ann.agent.post('/lobby/gif').send({ shelf: SHELF })) as { body: LobbyMessageView };
    assert.equal((await ann.agent.delete(`/lobby/messages/${body._id}`)).status, 200);
    assert.equal(await status(ann, body.gif!.url), 404);
    const who = { id: ann.id, color: '#123456', name: 'Ann', lang: 'en' as const };
    await Promise.all(Array.from({ length: 510 }, (_, i) => site.app.services.lobby.post(who, `k${i}`, undefined)));
    await waitFor('old pictures to go', async () => (await files('lobby')).length === 0);
  });

  it('belong to the two of a conversation alone, and are gone with their message', async () => {
    const ear = await ben.listen('/direct');
    const to = `/api/messages/send/${ben.id}/gif`;
    const sent = await upload(ann, to, await pictures.animated('gif'), { alt: 'three colours' });
    assert.equal(sent.status, 201, sent.text);
    const message = sent.body as DirectView;
    assert.deepEqual([message.gif!.alt, message.message, message.receiverId], ['three colours', undefined, ben.id]);
    assert.deepEqual(await ear.hear('newMessage', ({ gif }: DirectView) => gif !== undefined), message);
    for (const who of [ann, ben]) assert.equal(await status(who, message.gif!.url), 200);
    assert.equal(await status(eve, message.gif!.url), 404);
    const list = (await ben.agent.get('/api/messages')).body as { conversations: { last: object }[]; unread: number };
    assert.deepEqual([{ gif: true, message: 'three colours' }, 1], [pick(list.conversations[0]!.last), list.unread]);
    const shelf = await ann.agent.post(to).send({ shelf: SHELF, clientId: 'tap' });
    assert.deepEqual((await ann.agent.post(to).send({ shelf: SHELF, clientId: 'tap' })).body, shelf.body);
    assert.equal((await files('direct')).length, 2);
    assert.equal((await ann.agent.delete(`/api/messages/${ben.id}/${message._id}`)).status, 200);
    assert.equal(await status(ben, message.gif!.url), 404);
    assert.equal((await files('direct')).length, 1);
    assert.equal((await ben.agent.post(`/api/messages/${ann.id}/block`).send({ on: true })).status, 200);
    assert.equal((await upload(ann, to, await pictures.gif())).status, 404);
    assert.equal(await status(ann, (shelf.body as DirectView).gif!.url), 404);
    assert.equal((await upload(ann, `/api/messages/send/${'0'.repeat(32)}/gif`, await pictures.gif())).status, 404);
    assert.equal((await files('direct')).length, 1);
  });

  it('find everybody online who has any page of the site open', async () => {
    const ear = await eve.listen('/direct');
    const isOnline = (ids: string[]) => ids.includes(ben.id);
    for (const namespace of ['/', '/room', '/chat', '/lobby']) {
      ear.heard.length = 0;
      await ben.listen(namespace);
      await ear.hear('getOnlineUsers', isOnline);
      ear.heard.length = 0;
      ben.leaveAll();
      await ear.hear('getOnlineUsers', (ids: string[]) => !isOnline(ids));
    }
  });
});

/** What a list says of a last message that is a picture. */
const pick = (last: object) => {
  const { gif, message } = last as { gif?: true; message: string };
  return { gif, message };
};
