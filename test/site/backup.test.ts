/** A copy of data and uploads, made while the site was stopped, is the site: promise R58 of docs/reliability.md. */
import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { readPage, someone, write } from '../support/direct.js';
import * as pictures from '../support/pictures.js';
import { filesUnder, startSite, temporaryFolder } from '../support/site.js';

describe('a backup of a stopped site', () => {
  it('brings back rooms, messages, pictures and visitors after everything was lost, and no picture is set aside', async () => {
    const site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '600000' });
    const copy = await temporaryFolder();
    const [host, friend] = [await someone(site), await someone(site)];
    const { visitor } = host;
    const { _id } = await visitor.createRoom({ title: 'Kept', password: 'a password' });
    await visitor.sit(_id);
    await visitor.say(_id, 'before');
    const { gif } = (await visitor.postGif(_id, await pictures.gif())).body as MessageView;
    await write(host, friend, 'between us');
    const read = async () => ({
      messages: await visitor.readAll(_id),
      picture: ((await visitor.agent.get(gif!.url)).body as Buffer).toString('hex'),
      direct: (await readPage(friend, host)).messages,
    });
    const before = await read();
    visitor.leaveAll();
    await site.app.close();
    const files = await filesUnder(site.uploads);
    for (const folder of ['data', 'uploads']) {
      await cp(path.join(site.dir, folder), path.join(copy, folder), { recursive: true });
      await rm(path.join(site.dir, folder), { recursive: true });
    }

    await site.restart({ DATA_DIR: path.join(copy, 'data'), UPLOADS_DIR: path.join(copy, 'uploads') });
    assert.deepEqual(await read(), before);
    assert.equal((await visitor.post(_id, 'after')).status, 200);
    assert.deepEqual(await filesUnder(path.join(copy, 'uploads')), files);
    await site.close();
    await rm(copy, { recursive: true, force: true });
  });
});
