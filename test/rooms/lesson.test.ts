/** A lesson by the contract alone: a program with a cookie, `fetch` and a Socket.IO client, and none of our pages. */
import assert from 'node:assert/strict';
import type { MemberRoomView, MessageView, NoticeView, Roles } from '../../schemas/rooms/contract.js';
import type { Person } from '../../schemas/people/contract.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';

/** What somebody does who has read docs/http.md and docs/events.md. */
class Client {
  constructor(
    readonly site: TestSite,
    readonly visitor: TestVisitor,
  ) {}

  get id(): string {
    return this.visitor.id;
  }

  /** @returns the status and the body: JSON, or text. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what is asked for
  async ask<T>(method: string, path: string, body?: object): Promise<{ status: number; body: T; code: string }> {
    const answer = await fetch(this.site.url + path, {
      method,
      headers: { Cookie: this.visitor.cookie, Accept: 'application/json', 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('Content-Type')?.includes('json');
    const parsed = (isJson ? JSON.parse(text) : text) as T & { error?: { code: string } };
    return { status: answer.status, body: parsed, code: parsed.error?.code ?? '' };
  }

  async done<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await this.ask<T>(method, path, body);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.code}`);
    return answer.body;
  }

  /** The page of a room lets in, as following its link does; then the seat. */
  async sit(room: string): Promise<Ear> {
    await this.ask('GET', `/room/${room}`);
    return this.visitor.sit(room);
  }
}

describe('a lesson by the contract alone', () => {
  let site: TestSite;
  let clients: Client[];
  let teacher: Client;
  let pupils: Client[];

  before(async () => {
    site = await startSite({ LIMITS: 'off' });
    clients = await Promise.all(Array.from({ length: 7 }, async () => new Client(site, await arrive(site))));
    [teacher, ...pupils] = clients as [Client, ...Client[]];
  });
  after(async () => {
    for (const { visitor } of clients) visitor.leaveAll();
    await site.close();
  });

  it('is opened, left for a moment, held, handed over and closed', async () => {
    const { _id } = await teacher.done<MemberRoomView>('POST', '/room', { title: 'Lesson', max: 10 });
    const at = (path: string) => `/room/${_id}${path}`;
    const say = (who: Client, chat: string) => who.ask<MessageView>('POST', at('/chat'), { chat });

    // The teacher's connection is lost while nobody else is there: the room waits, and the teacher is still host.
    (await teacher.sit(_id)).close();
    const ear = await teacher.sit(_id);

    // Five ask to be let in, and are; the last one comes when nobody has to ask any more.
    await teacher.done('PATCH', at(''), { approval: true });
    const five = pupils.slice(0, 5);
    const knocking = await Promise.all(five.map(({ visitor }) => visitor.listen()));
    for (const pupil of five) assert.equal((await pupil.ask('GET', at(''))).status, 202);
    await ear.hear<Person[]>('knocks', ({ length }) => length === 5);
    for (const { id } of five) await teacher.done('POST', at(`/knocks/${id}`), { admit: true });
    for (const knock of knocking) await knock.hear<{ room: string }>('admitted', ({ room }) => room === _id);
    await teacher.done('PATCH', at(''), { approval: false });
    const ears = await Promise.all(pupils.map((pupil) => pupil.sit(_id)));
    const [anna, ben, rude] = pupils as [Client, Client, Client];
    const [annas, , rudes] = ears as [Ear, Ear, Ear];
    await ear.hear<{ people: number }>('join', ({ people }) => people === clients.length);

    // Quiet, then slow.
    await teacher.done('PATCH', at(''), { hostsOnly: true });
    await annas.hear<MemberRoomView>('room', ({ hostsOnly }) => hostsOnly);
    assert.equal((await say(anna, 'too early')).code, 'not_host');
    assert.equal((await say(teacher, 'welcome')).status, 200);
    await teacher.done('PATCH', at(''), { hostsOnly: false, slow: 300 });
    await annas.hear<NoticeView>('notice', ({ what, count }) => what === 'slow' && count === 300);
    assert.equal((await say(anna, 'one')).status, 200);
    assert.deepEqual([(await say(anna, 'two')).code, (await say(teacher, 'three')).status], ['slow_mode', 200]);

    // A poll, in which two vote, one of them twice; who was away reads the end of it by `rev`.
    const asked = await teacher.done<MessageView>('POST', at('/polls'), { question: 'Ready?', options: ['Yes', 'No'] });
    const poll = at(`/polls/${asked._id}`);
    for (const [pupil, options] of [
      [anna, [1]],
      [ben, [0]],
      [anna, [0]],
    ] as const)
      await pupil.done('PUT', `${poll}/vote`, { options });
    await annas.hear<MessageView>('chatChanged', (message) => message.poll?.options[0]?.votes === 2);
    const ended = await teacher.done<MessageView>('POST', `${poll}/end`);
    assert.equal((await ben.ask('PUT', `${poll}/vote`, { options: [1] })).code, 'poll_ended');
    const { changed } = await ben.done<{ changed: MessageView[] }>('GET', at('/chats?rev=0'));
    assert.deepEqual(changed.at(-1), ended);

    // Hands, in the order in which they came up.
    for (const pupil of [ben, anna]) await pupil.done('PUT', at('/hand'));
    const hands = await ear.hear<Person[]>('hands', ({ length }) => length === 2);
    assert.deepEqual(
      hands.map(({ id }) => id),
      [ben.id, anna.id],
    );
    await teacher.done('DELETE', at(`/hands/${ben.id}`));
    await annas.hear<Person[]>('hands', (up) => up.length === 1 && up[0]?.id === anna.id);

    // Somebody with two tabs and a socket of their own is reported and banned, with what they said.
    const own = await rude.visitor.listen('/chat');
    const tab = await rude.sit(_id);
    const { _id: said } = (await say(rude, 'something rude')).body;
    assert.equal((await anna.ask('POST', at(`/chat/${said}/report`), { why: 'rude' })).status, 202);
    await ear.hear<{ count: number }>('reports', ({ count }) => count === 1);
    await teacher.done('POST', at(`/people/${rude.id}/remove`), { ban: true, erase: true });
    for (const theirs of [rudes, tab, own])
      await theirs.hear<{ reason: string }>('closed', ({ reason }) => reason === 'banned');
    const again = await own.join(_id);
    assert.deepEqual([again.ok, (await say(rude, 'still here')).code], [false, 'banned']);
    await annas.hear<MessageView>('chatChanged', ({ removed }) => removed === 'host');
    assert.deepEqual((await teacher.done<{ reports: unknown[] }>('GET', at('/reports'))).reports, []);

    // A transcript, of which the room is told; then the room is handed over, and closed by its new host.
    assert.match(await teacher.done<string>('GET', at('/transcript.txt')), /: Ready\?\n {4}– /);
    await annas.hear<NoticeView>('notice', ({ what }) => what === 'transcript');
    await teacher.done('PUT', at(`/people/${anna.id}/role`), { role: 'host' });
    await annas.hear<Roles>('roles', (roles) => roles[anna.id] === 'host' && !roles[teacher.id]);
    assert.equal((await teacher.ask('GET', at('/transcript.txt'))).code, 'not_host');
    assert.equal((await teacher.ask('DELETE', at(''))).code, 'not_host');
    await anna.done('DELETE', at(''));
    await ear.hear<{ reason: string }>('closed', ({ reason }) => reason === 'owner');
    assert.equal((await say(teacher, 'late')).code, 'room_closed');
  });
});
