/** Every event and every route against every kind of visitor, in one table. A new event without a row fails. */
import assert from 'node:assert/strict';
import type { ConsultClientEvents } from '../../schemas/consult/contract.js';
import type { DirectClientEvents } from '../../schemas/direct/contract.js';
import type { LobbyClientEvents } from '../../schemas/lobby/contract.js';
import type { ChatClientEvents, RoomClientEvents, RoomView } from '../../schemas/rooms/contract.js';
import type { PulseClientEvents } from '../../schemas/site/contract.js';
import { DESK_PASSWORD, startConsult, takeCase, type TestConsultant, work } from '../support/consultant.js';
import { startSite, type TestSite } from '../support/site.js';
import type { TestVisitor } from '../support/visitor.js';
import { arrive, type Ear } from '../support/visitor.js';

/**
 * From the least to the most: somebody without a right, somebody let into the locked room, a consultant who is signed
 * in, the consultant who has the case, and the owner of both room and case.
 */
const EVERYBODY = ['stranger', 'member', 'staff', 'holder', 'owner'] as const;
type Who = (typeof EVERYBODY)[number];

interface Scene {
  room: string;
  consult: string;
  who: Who;
  /** Visitor id of the owner, and desk id of the consultant without the case. */
  owner: string;
  staff: string;
}

type EventName =
  | `/ ${keyof PulseClientEvents}`
  | `/chat ${keyof ChatClientEvents}`
  | `/room ${keyof RoomClientEvents}`
  | `/lobby ${keyof LobbyClientEvents}`
  | `/direct ${keyof DirectClientEvents}`
  | `/consult ${keyof ConsultClientEvents}`;

interface Row {
  send: (scene: Scene) => unknown[];
  /** The code that each is answered, in the order of EVERYBODY. */
  answers: [stranger: string, member: string, staff: string, holder: string, owner: string];
}

const all = (code: string): Row['answers'] => [code, code, code, code, code];
/** Strangers to a case learn nothing of it, not even that it is there; consultants learn that a colleague has it. */
const CASE: Row['answers'] = ['consult_not_found', 'consult_not_found', 'consult_taken', 'ok', 'ok'];
const HOLDER: Row['answers'] = ['forbidden', 'forbidden', 'consult_taken', 'ok', 'forbidden'];
const STAFF: Row['answers'] = ['forbidden', 'forbidden', 'ok', 'ok', 'forbidden'];

const EVENTS: Record<EventName, Row> = {
  '/ reply': { send: () => ['ping'], answers: all('ok') },
  '/chat join': { send: ({ room }) => [room], answers: ['not_admitted', 'ok', 'not_admitted', 'not_admitted', 'ok'] },
  // Heard by those in the same room only: whoever is in none is heard by nobody.
  '/chat typing': { send: () => [true], answers: all('ok') },
  '/chat leave': { send: () => [], answers: all('ok') },
  // Nobody has joined with the socket that asks.
  '/chat post': { send: ({ room }) => [{ room, chat: 'hello' }], answers: all('not_admitted') },
  '/lobby join': { send: ({ who }) => [`Name of ${who}`], answers: all('ok') },
  '/lobby sendMessage': { send: () => ['hello'], answers: all('lobby_name_required') },
  '/room catchUp': { send: () => [{ since: Date.now() }], answers: all('ok') },
  '/lobby leave': { send: () => [], answers: all('ok') },
  // Nobody of these has a conversation with the owner: there is nothing to have read.
  '/direct read': { send: ({ owner }) => [{ with: owner, upTo: 1 }], answers: all('person_not_found') },
  '/direct typing': { send: ({ owner }) => [{ to: owner, on: true }], answers: all('ok') },
  '/consult start-consult': { send: () => ['a topic'], answers: all('ok') },
  '/consult resume-consult': { send: () => [], answers: all('ok') },
  '/consult send-message': { send: ({ consult }) => [{ sessionId: consult, message: 'hello' }], answers: CASE },
  '/consult consult-typing': { send: ({ consult }) => [{ sessionId: consult, on: true }], answers: CASE },
  // The holder ended it, so it is over for its owner, who comes last.
  '/consult end-consult': {
    send: ({ consult }) => [consult],
    answers: ['consult_not_found', 'consult_not_found', 'consult_taken', 'ok', 'consult_over'],
  },
  '/consult get-waiting-sessions': { send: () => [], answers: STAFF },
  '/consult resume-desk': { send: () => [], answers: STAFF },
  '/consult list-ended': { send: () => [], answers: STAFF },
  '/consult save-reply': { send: () => [{ title: 'Hi', text: 'Hello' }], answers: STAFF },
  '/consult remove-reply': { send: ({ consult }) => [consult], answers: STAFF },
  '/consult still-here': { send: () => [], answers: STAFF },
  '/consult consultant-join': { send: ({ consult }) => [consult], answers: HOLDER },
  '/consult open-consult': { send: ({ consult }) => [{ sessionId: consult }], answers: HOLDER },
  '/consult add-note': { send: ({ consult }) => [{ sessionId: consult, note: 'a note' }], answers: HOLDER },
  '/consult return-consult': { send: ({ consult }) => [consult], answers: HOLDER },
  '/consult transfer-consult': { send: ({ consult, staff }) => [{ sessionId: consult, to: staff }], answers: HOLDER },
};

const HTTP: [line: string, statuses: Record<'nobody' | 'stranger' | 'member' | 'owner', number>][] = [
  ['GET /room/:id', { nobody: 401, stranger: 401, member: 200, owner: 200 }],
  ['GET /room/:id/log', { nobody: 403, stranger: 403, member: 200, owner: 200 }],
  ['POST /room/:id/sit', { nobody: 401, stranger: 403, member: 200, owner: 200 }],
  ['GET /room/:id/chats', { nobody: 401, stranger: 403, member: 200, owner: 200 }],
  ['POST /room/:id/chat', { nobody: 401, stranger: 403, member: 200, owner: 200 }],
  ['POST /room/:id/gif', { nobody: 401, stranger: 403, member: 400, owner: 400 }],
  ['POST /room/:id/delete', { nobody: 401, stranger: 403, member: 403, owner: 303 }],
  ['DELETE /room/:id', { nobody: 401, stranger: 403, member: 403, owner: 200 }],
];

describe('rights', () => {
  let site: TestSite;
  let cast: Record<Who, TestVisitor>;
  let room: RoomView;
  let witness: Ear;
  let staffId: string;
  let desk: Ear;

  before(async () => {
    site = await startSite({ LIMITS: 'off', CONSULT_PASSWORD: DESK_PASSWORD });
    cast = {
      stranger: await arrive(site),
      member: await arrive(site),
      staff: await work(site, 'Staff'),
      holder: await work(site, 'Holder'),
      owner: await arrive(site),
    };
    room = await cast.owner.createRoom({ title: 'Rights', password: 'rights-only' });
    await cast.member.enter(room._id, 'rights-only');
    witness = await cast.owner.sit(room._id);
    desk = await (cast.holder as TestConsultant).desk();
    const present = await (await (cast.staff as TestConsultant).desk()).ask<{ me: { id: string } }>('resume-desk');
    assert.ok(present.ok);
    staffId = present.me.id;
  });
  after(async () => {
    for (const visitor of Object.values(cast)) visitor.leaveAll();
    await site.close();
  });

  it('there is a row for every event that the server listens to', async () => {
    const namespaces = [...(site.app.io._nsps as Map<string, unknown>).keys()].sort();
    for (const namespace of namespaces) await cast.owner.listen(namespace);
    const listened = namespaces.flatMap((namespace) =>
      [...site.app.io.of(namespace).sockets.values()].flatMap((socket) =>
        socket.eventNames().map((event) => `${namespace} ${String(event)}`),
      ),
    );
    const known = new Set(listened.filter((name) => !/ (?:disconnect|disconnecting|error)$/.test(name)));
    assert.deepEqual([...known].sort(), Object.keys(EVENTS).sort());
  });

  for (const [name, { send, answers }] of Object.entries(EVENTS)) {
    it(`${name}: ${EVERYBODY.map((who, at) => `${who} ${answers[at] ?? ''}`).join(', ')}`, async () => {
      const [namespace = '', event = ''] = name.split(' ');
      const visit = await cast.owner.listen('/consult');
      const consult = await startConsult(visit);
      await takeCase(desk, consult);
      witness.heard.length = 0;
      const got: string[] = [];
      for (const who of EVERYBODY) {
        const ear = await cast[who].listen(namespace);
        const scene = { room: room._id, consult, who, owner: cast.owner.id, staff: staffId };
        const answer = await ear.ask(event, ...send(scene));
        got.push(answer.ok ? 'ok' : answer.error.code);
        ear.close();
      }
      assert.deepEqual(got, answers);
      await cast.owner.say(room._id, 'fence');
      await witness.hear('chat');
      const heardOf = JSON.stringify(witness.heard);
      for (const who of ['stranger', 'staff', 'holder'] as const) {
        assert.ok(!heardOf.includes(cast[who].id), `the room heard of the ${who}`);
      }
      await visit.ask('end-consult', consult);
      visit.close();
    });
  }

  for (const [line, expected] of HTTP) {
    const said = Object.entries(expected).map(([who, status]) => `${who} ${status}`);
    it(`${line}: ${said.join(', ')}`, async () => {
      const own = await cast.owner.createRoom({ title: 'Routes', password: 'rights-only' });
      await cast.member.enter(own._id, 'rights-only');
      await cast.owner.sit(own._id);
      const [method = '', address = ''] = line.split(' ');
      for (const [who, status] of Object.entries(expected)) {
        const cookie = who === 'nobody' ? '' : cast[who as Who].cookie;
        const answer = await fetch(site.url + address.replace(':id', own._id), {
          method,
          redirect: 'manual',
          headers: { ...(cookie && { cookie }), Accept: 'application/json', 'Content-Type': 'application/json' },
          ...(method === 'POST' && { body: '{"chat":"x"}' }),
        });
        assert.equal(answer.status, status, who);
      }
    });
  }
});
