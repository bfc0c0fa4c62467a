/** Polls: asked by the host, voted in once a visitor, seen live by all inside, ended once. */
import assert from 'node:assert/strict';
import type { MessageView, PollView, RoomView } from '../../schemas/rooms/contract.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';

const QUESTION = { question: 'Which one?', options: ['One', 'Two', 'Three'] };

describe('a poll', () => {
  let site: TestSite;
  let host: TestVisitor;
  let guest: TestVisitor;
  let room: RoomView;

  before(async () => {
    site = await startSite({ LIMITS: 'off', ROOM_GRACE_MS: '60000' });
    [host, guest] = await Promise.all([arrive(site), arrive(site)]);
  });
  beforeEach(async () => {
    room = await host.createRoom({ title: 'Polls' });
    await guest.open(room._id);
  });
  afterEach(() => {
    host.leaveAll();
    guest.leaveAll();
  });
  after(() => site.close());

  const ask = (poll: object = QUESTION, who = host) => who.agent.post(`/room/${room._id}/polls`).send(poll);
  const asked = async (poll: object = QUESTION): Promise<MessageView> => {
    const { status, body } = await ask(poll);
    assert.equal(status, 200);
    return body as MessageView;
  };
  const vote = (who: TestVisitor, chat: string, options: unknown) =>
    who.agent.put(`/room/${room._id}/polls/${chat}/vote`).send({ options });
  const end = (who: TestVisitor, chat: string) =>
    who.agent.post(`/room/${room._id}/polls/${chat}/end`).set('Accept', 'application/json');
  const votesIn = ({ poll }: MessageView) => poll?.options.map(({ votes }) => votes);
  const codeOf = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [
    status,
    body.error?.code,
  ];

  it('is a message that all inside hear, with the question for clients that know no polls', async () => {
    const ear = await guest.sit(room._id);
    const message = await asked({ ...QUESTION, question: ' Which   one? ' });
    const poll: PollView = {
      question: 'Which one?',
      options: QUESTION.options.map((text) => ({ text, votes: 0 })),
      multiple: false,
      named: false,
      endedAt: null,
    };
    assert.deepEqual([message.poll, message.chat, message.author.id], [poll, 'Which one?', host.id]);
    assert.deepEqual(await ear.hear('chat'), message);
    assert.deepEqual((await guest.history(room._id)).body.chats, [message]);
  });

  it('takes one vote a visitor, who may change it; all inside hear so', async () => {
    const ear = await guest.sit(room._id);
    const { _id } = await asked();
    assert.deepEqual(votesIn((await vote(guest, _id, [0])).body), [1, 0, 0]);
    assert.deepEqual(votesIn((await vote(host, _id, [0])).body), [2, 0, 0]);
    assert.deepEqual(votesIn((await vote(guest, _id, [2])).body), [1, 0, 1]);
    const told = await ear.hear<MessageView>('chatChanged', (view) => votesIn(view)?.[2] === 1);
    assert.deepEqual([told._id, votesIn(told)], [_id, [1, 0, 1]]);
    assert.doesNotMatch(JSON.stringify([told, (await host.history(room._id)).body]), /"voters"|"votes":\{/);
  });

  it('of votes at the same time counts each, and of one visitor the last', async () => {
    const { _id } = await asked();
    const answers = await Promise.all([0, 1, 2, 1, 0].flatMap((n) => [vote(guest, _id, [n]), vote(host, _id, [n])]));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    const [message] = (await host.history(room._id)).body.chats as MessageView[];
    assert.equal(
      (votesIn(message!) ?? []).reduce((sum, votes) => sum + votes, 0),
      2,
    );
  });

  it('that is named says who voted for what, in order', async () => {
    const { _id } = await asked({ ...QUESTION, multiple: true, named: true });
    await vote(guest, _id, [1, 0]);
    const { poll } = (await vote(host, _id, [1])).body as MessageView;
    assert.ok(poll);
    assert.deepEqual(
      poll.options.map(({ voters }) => voters?.map(({ id }) => id)),
      [[guest.id], [guest.id, host.id], []],
    );
    assert.deepEqual(Object.keys(poll.options[0]?.voters?.[0] ?? {}).sort(), ['color', 'id', 'name']);
  });

  it('is ended by the host, once; then it takes no vote and stays as it is', async () => {
    const { _id } = await asked();
    await vote(guest, _id, [1]);
    const ear = await guest.sit(room._id);
    assert.deepEqual(codeOf(await end(guest, _id)), [403, 'not_host']);
    const { body } = await end(host, _id);
    assert.ok((body as MessageView).poll?.endedAt);
    await ear.hear<MessageView>('chatChanged', ({ poll }) => poll?.endedAt !== null);
    assert.deepEqual(codeOf(await end(host, _id)), [409, 'poll_ended']);
    assert.deepEqual(codeOf(await vote(guest, _id, [0])), [409, 'poll_ended']);
    const [{ poll }] = (await host.history(room._id)).body.chats as [MessageView];
    assert.deepEqual(poll, (body as MessageView).poll);
  });

  it('whoever was away catches up on votes and on the end, by rev', async () => {
    const { _id, rev } = await asked();
    assert.equal(rev, 0);
    const first = (await vote(guest, _id, [1])).body as MessageView;
    assert.ok(first.rev > rev);
    assert.equal(((await vote(guest, _id, [1])).body as MessageView).rev, first.rev, 'the same vote is no change');
    await vote(host, _id, [2]);
    const ended = (await end(host, _id)).body as MessageView;
    const { body } = await host.history(room._id, { rev: first.rev });
    assert.deepEqual([body.changed, body.rev, body.moreChanged], [[ended], ended.rev, false]);
    const answer = await (await guest.listen()).join({ room: room._id, after: 1, rev: 0 });
    assert.ok(answer.ok);
    assert.deepEqual([answer.changed, answer.rev], [[ended], ended.rev]);
    assert.deepEqual(votesIn(ended), [0, 1, 1]);
  });

  it('is refused where it is none, or not the host asks', async () => {
    const CASES: [poll: object, code: string][] = [
      [{ ...QUESTION, question: '' }, 'question_required'],
      [{ options: QUESTION.options }, 'question_required'],
      [{ ...QUESTION, options: ['One'] }, 'poll_options'],
      [{ ...QUESTION, options: ['One', ' One '] }, 'poll_options'],
      [{ ...QUESTION, options: ['One', ' '] }, 'poll_options'],
      [{ ...QUESTION, options: Array.from({ length: 9 }, (_, n) => `${n}`) }, 'poll_options'],
      [{ ...QUESTION, options: 'One' }, 'bad_input'],
      [{ ...QUESTION, options: ['One', 'x'.repeat(101)] }, 'bad_input'],
      [{ ...QUESTION, question: 'x'.repeat(301) }, 'bad_input'],
      [{ ...QUESTION, multiple: 'perhaps' }, 'bad_input'],
    ];
    for (const [poll, code] of CASES) assert.deepEqual(codeOf(await ask(poll)), [400, code], JSON.stringify(poll));
    assert.deepEqual(codeOf(await ask(QUESTION, guest)), [403, 'not_host']);
    assert.deepEqual((await host.history(room._id)).body.chats, []);
  });

  it('takes no vote that is none, of who is not inside, or on what is no poll', async () => {
    const { _id } = await asked();
    const text = await host.say(room._id, 'no poll');
    for (const options of [[], [3], [-1], [0.5], [0, 1], ['x'], null, {}, [[0]]])
      assert.equal((await vote(guest, _id, options)).status, 400, JSON.stringify(options));
    assert.deepEqual(codeOf(await vote(guest, text._id, [0])), [404, 'not_found']);
    assert.deepEqual(codeOf(await vote(guest, '0'.repeat(24), [0])), [404, 'not_found']);
    assert.deepEqual(codeOf(await vote(guest, 'none', [0])), [404, 'not_found']);
    const stranger = await arrive(site);
    assert.deepEqual(codeOf(await vote(stranger, _id, [0])), [403, 'not_admitted']);
    const other = await host.createRoom({ title: 'Other' });
    const elsewhere = await host.agent.put(`/room/${other._id}/polls/${_id}/vote`).send({ options: [0] });
    assert.equal(elsewhere.status, 404);
    const [message] = (await host.history(room._id)).body.chats as MessageView[];
    assert.deepEqual(votesIn(message!), [0, 0, 0]);
  });

  it('works by plain forms: it is asked, voted in and ended without a script', async () => {
    const form = (path: string, fields: string) =>
      host.agent.post(`/room/${room._id}${path}`).type('form').set('Accept', 'text/html').send(fields);
    const made = await form('/polls', 'question=Which&options=One&options=Two&options=&multiple=on');
    assert.deepEqual([made.status, made.headers['location']], [303, `/room/${room._id}`]);
    const [{ _id }] = (await host.history(room._id)).body.chats as [MessageView];
    assert.equal((await form(`/polls/${_id}/vote`, 'options=0&options=1')).status, 303);
    assert.equal((await form(`/polls/${_id}/vote`, 'options=1')).status, 303);
    for (const page of [`/room/${room._id}`, `/room/${room._id}/log`]) {
      const { text } = await host.agent.get(page).set('Accept', 'text/html');
      assert.match(text, new RegExp(`action="/room/${room._id}/polls/${_id}/vote"`));
      assert.match(text, /type="checkbox" name="options" value="1" checked/);
      assert.equal(text.match(/name="options" value="\d" checked/g)?.length, 1);
    }
    assert.match((await host.open(room._id)).text, /data-role="host"/);
    assert.match((await guest.open(room._id)).text, /data-role="member"/);
    const refused = await form(`/polls/${_id}/vote`, '');
    assert.match(refused.headers['location'] ?? '', /\?error=vote_required$/);
    assert.equal((await form(`/polls/${_id}/end`, '')).status, 303);
    const [message] = (await host.history(room._id)).body.chats as [MessageView];
    assert.deepEqual([votesIn(message), message.poll?.multiple], [[0, 1], true]);
    assert.ok(message.poll?.endedAt);
  });
});
