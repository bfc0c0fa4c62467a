/** What holds for the images of every place that has some: no message without its file, no file without its message. */
import assert from 'node:assert/strict';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ConsultMessageView, ResumeAnswer } from '../../schemas/consult/contract.js';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { DESK_PASSWORD, startConsult, takeCase, work } from '../support/consultant.js';
import { type Cut, cutAt, following, inserts } from '../support/cut.js';
import { type DistantStore, distantStore } from '../support/distant-store.js';
import * as pictures from '../support/pictures.js';
import { filesUnder, startSite, type TestSite } from '../support/site.js';
import { arrive, type Reachable } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

interface Shown {
  _id: string;
  url: string;
  alt: string;
}

interface Owner {
  /** The folder of what it keeps, below the uploads. */
  folder: string;
  upload(picture: Buffer, fields?: Record<string, string>): Promise<{ status: number; code?: string; shown?: Shown }>;
  /** Pictures that another one has heard of live. */
  heard(): Shown[];
  /** Pictures in the history. */
  read(): Promise<Shown[]>;
  /** The status under which the other one gets a picture. */
  look(url: string): Promise<number>;
  /** Forbid everything: the room is deleted, the consultation ends. */
  end(): Promise<unknown>;
  close(): void;
}

interface Answered {
  status: number;
  body: { error?: { code: string } };
}

const ofRoom = ({ _id, gif }: MessageView): Shown[] => (gif ? [{ _id, url: gif.url, alt: gif.alt }] : []);
const ofCase = ({ _id, image }: ConsultMessageView): Shown[] =>
  image ? [{ _id, url: image.url, alt: image.alt }] : [];

function uploaded({ status, body }: Answered, shown: (view: never) => Shown[]) {
  const [one] = status === 200 ? shown(body as never) : [];
  return { status, ...(body.error && { code: body.error.code }), ...(one && { shown: one }) };
}

async function room(site: Reachable): Promise<Owner> {
  const [owner, guest] = [await arrive(site), await arrive(site)];
  const { _id } = await owner.createRoom({ title: 'Pictures' });
  await guest.open(_id);
  const ears = [await owner.sit(_id), await guest.sit(_id)];
  return {
    folder: path.join('rooms', _id),
    upload: async (picture, fields = {}) => uploaded(await owner.postGif(_id, picture, { fields }), ofRoom),
    heard: () => ears[1]!.all<MessageView>('chat').flatMap(ofRoom),
    read: async () => ((await guest.history(_id)).body.chats as MessageView[]).flatMap(ofRoom),
    look: async (url) => (await guest.agent.get(url)).status,
    end: () => owner.remove(_id),
    close: () => ears.forEach((ear) => ear.close()),
  };
}

let consultants = 0;

async function consultation(site: Reachable): Promise<Owner> {
  const [visitor, consultant] = [await arrive(site), await work(site, `Pictures ${++consultants}`)];
  const [ear, desk] = [await visitor.listen('/consult'), await consultant.desk()];
  const id = await startConsult(ear);
  await takeCase(desk, id);
  return {
    folder: path.join('consult', id),
    async upload(picture, fields = {}) {
      const sent = visitor.agent.post(`/chat/consult/${id}/gif`).attach('gif', picture, 'a.gif');
      return uploaded(await sent.field(fields), ofCase);
    },
    heard: () => desk.all<ConsultMessageView>('receive-message').flatMap(ofCase),
    async read() {
      const answer = await ear.ask<ResumeAnswer>('resume-consult');
      assert.ok(answer.ok);
      return answer.messages.flatMap(ofCase);
    },
    look: async (url) => (await consultant.agent.get(url)).status,
    end: () => ear.ask('end-consult', id),
    close: () => [ear, desk].forEach((each) => each.close()),
  };
}

const OWNERS = [
  { name: 'a room', open: room, messages: 'chats', owners: 'rooms' },
  { name: 'a consultation', open: consultation, messages: 'casemessages', owners: 'cases' },
];

describe('images of every owner', () => {
  for (const { name, open, messages, owners } of OWNERS) {
    describe(name, () => {
      let store: DistantStore;
      let site: TestSite;
      let owner: Owner;
      let picture: Buffer;
      before(async () => {
        store = await distantStore();
        site = await startSite({ LIMITS: 'off', MONGO_URL: store.url, CONSULT_PASSWORD: DESK_PASSWORD });
        owner = await open(site);
        picture = await pictures.gif();
      });
      after(async () => {
        owner.close();
        await site.close();
        await store.close();
      });

      const files = () => filesUnder(path.join(site.uploads, owner.folder));
      const fileOf = ({ url }: Shown) => url.split('/').at(-1) ?? '';
      const called = (alt: string) => (shown: Shown) => shown.alt === alt;
      const nothingWaits = async () => assert.deepEqual(await filesUnder(path.join(site.uploads, '.tmp')), []);

      it('are one message and one file, however often and at once they are sent', async () => {
        const before = await files();
        const send = () => owner.upload(picture, { alt: 'once', clientId: 'once' });
        const answers = [...(await Promise.all([send(), send(), send()])), await send()];
        for (const { shown } of answers) assert.deepEqual(shown, answers[0]!.shown);
        assert.equal((await files()).length, before.length + 1);
        await waitFor('it to be heard', () => owner.heard().some(called('once')));
        assert.equal((await owner.read()).filter(called('once')).length, 1);
        await nothingWaits();
      });

      /** Whatever the first answer was: the retry is answered, told to the other one once, and its file is there. */
      async function assertKeptThrough(alt: string, cut: Cut): Promise<void> {
        const send = () => owner.upload(picture, { alt, clientId: alt.replaceAll(' ', '-') });
        await cutAt(store, site, cut, send);
        const known = (await owner.read()).find(called(alt));
        if (known) assert.equal(await owner.look(known.url), 200, 'a message whose file is gone');
        const { status, shown } = await send();
        assert.equal(status, 200);
        if (known) assert.deepEqual(shown, known);
        await waitFor('it to be heard', () => owner.heard().some(called(alt)));
        assert.deepEqual((await send()).shown, shown);
        assert.equal(await owner.look(shown!.url), 200);
        assert.deepEqual(owner.heard().filter(called(alt)), [shown]);
        assert.deepEqual((await owner.read()).filter(called(alt)), [shown]);
        await nothingWaits();
      }

      it('stored while the answer was lost: the retry is told, and the file stays', () =>
        assertKeptThrough('half seen', { when: 'after', fits: inserts(messages, 'half seen') }));

      it('stored, and the question that follows lost: the same', () =>
        assertKeptThrough('half asked', {
          when: 'before',
          fits: following(inserts(messages, 'half asked'), owners),
        }));

      it('stored, and whatever is written down later lost: the same', async () => {
        // What was said in a case long ago is kept for longer now and then: this time.
        await site.app.services.models.Case.updateMany({}, { $set: { keptUntil: new Date(0) } });
        const isUpdate = (command: Buffer) => command.includes('update') && command.includes(messages);
        await assertKeptThrough('half kept', { when: 'before', fits: isUpdate });
      });

      it('that no message names are gone after a start, the others and what is on its way are not', async () => {
        const kept = (await owner.read()).map(fileOf);
        const folder = path.join(site.uploads, owner.folder);
        const strays = path.join(path.dirname(folder), 'f'.repeat(24));
        await mkdir(strays);
        for (const file of [path.join(folder, 'old.png'), path.join(folder, 'new.png'), path.join(strays, 'a.png')])
          await writeFile(file, 'x');
        for (const file of [...kept, 'old.png'].map((each) => path.join(folder, each)))
          await utimes(file, new Date(0), new Date(0));
        owner.close();
        await site.restart();
        const left = await files();
        for (const file of [...kept, 'new.png']) assert.ok(left.includes(file), file);
        assert.ok(!left.includes('old.png'));
        assert.deepEqual(await filesUnder(strays), []);
      });

      it('are refused once it has ended, and leave no file', async () => {
        owner = await open(site);
        assert.equal((await owner.upload(picture)).status, 200);
        await owner.end();
        const { status, code } = await owner.upload(picture);
        assert.deepEqual([status, code], [410, name === 'a room' ? 'room_closed' : 'consult_over']);
        await nothingWaits();
        const left = name === 'a room' ? 0 : 1;
        await waitFor('nothing but what can still be read', async () => (await files()).length === left);
      });
    });
  }
});
