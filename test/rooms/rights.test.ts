/**
 * The table of rights (services/rooms/rights.ts), walked: each role at each route of a room and each event of `/chat`. A
 * role that the table names is let in, every other is refused with the code of its row. A new route or event without a
 * row, or without a way to ask it here, fails.
 */
import assert from 'node:assert/strict';
import { Types } from 'mongoose';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { type Action, RIGHTS, type Role } from '../../services/rooms/rights.js';
import { gif } from '../support/pictures.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';
import { eventsOf, routesOf } from '../support/wall/surface.js';

/** What was answered: a status, or the code of a refused acknowledgement. */
interface Answer {
  status?: number;
  code?: string | undefined;
}

interface Asker {
  visitor: TestVisitor;
  role: Role;
  /** The room that is asked about. */
  room: string;
}

const QUESTION = { question: 'Which?', options: ['One', 'Two'] };
/** The id of nothing: whoever may act on messages hears that there is none. */
const NO_MESSAGE = '0123456789abcdef01234567';
const REFUSALS = ['not_admitted', 'not_host', 'banned', 'not_found'];

describe('the rights of a room', () => {
  let site: TestSite;
  let host: TestVisitor;
  let room: string;
  let picture: MessageView;
  let image: Buffer;
  /** A poll in the room. */
  let poll: string;
  /** A room whose host is asked: there somebody knocks. */
  let asking: string;
  const cast = new Map<Role, TestVisitor>();

  before(async () => {
    site = await startSite({ LIMITS: 'off' });
    host = await arrive(site);
    image = await gif();
    room = await openRoom();
    picture = (await host.postGif(room, image)).body as MessageView;
    poll = ((await host.agent.post(`/room/${room}/polls`).send(QUESTION)).body as MessageView)._id;
    cast.set('host', host);
    for (const role of ['member', 'helper', 'banned'] as const) {
      const visitor = await arrive(site);
      cast.set(role, visitor);
      await visitor.open(room);
    }
    await install(room);
    await ban(room);
    asking = await openRoom();
    await host.agent.patch(`/room/${asking}`).send({ approval: true });
    cast.set('knocking', await arrive(site));
  });
  after(async () => {
    for (const visitor of cast.values()) visitor.leaveAll();
    await site.close();
  });

  const openRoom = async () => (await host.createRoom({ title: 'Rights', max: 60 }))._id;

  /** Make the cast's helper one in this room. */
  const install = (id: string) =>
    site.app.services.models.Room.updateOne(
      { _id: new Types.ObjectId(id) },
      { $set: { helpers: [cast.get('helper')?.id ?? ''] } },
    );

  const ban = (id: string) =>
    host.agent.post(`/room/${id}/people/${cast.get('banned')?.id ?? ''}/remove`).send({ ban: true });

  /** Asks by one route or event. */
  type Ask = (asker: Asker) => Promise<Answer>;

  const http =
    (method: 'get' | 'post' | 'put' | 'patch' | 'delete', tail: string | (() => string), body?: object): Ask =>
    async ({ visitor, room }) => {
      const asked = visitor.agent[method](`/room/${room}${typeof tail === 'string' ? tail : tail()}`);
      const answer = await (body ? asked.send(body) : asked);
      return { status: answer.status, code: (answer.body as { error?: { code: string } }).error?.code };
    };

  /** The same about a member. */
  const aboutSomebody =
    (method: 'get' | 'post' | 'put', tail: string, body?: object): Ask =>
    async (asker) => {
      const other = await arrive(site);
      await other.open(asker.room);
      return http(method, `/people/${other.id}${tail}`, body)(asker);
    };

  const api =
    (method: 'get' | 'post' | 'delete', tail: string, body?: object): Ask =>
    async ({ visitor, room }) => {
      const asked = visitor.agent[method](`/api/v1/rooms/${room}${tail}`);
      const answer = await (body ? asked.send(body) : asked);
      return { status: answer.status, code: (answer.body as { error?: { code: string } }).error?.code };
    };

  const socket =
    (ask: (ear: Ear, room: string) => ReturnType<Ear['ask']>): Ask =>
    async ({ visitor, room, role }) => {
      const ear = ['none', 'knocking', 'banned'].includes(role) ? await visitor.listen() : await visitor.sit(room);
      const answer = await ask(ear, room);
      ear.close();
      return answer.ok ? {} : { code: answer.error.code };
    };

  const ASKS: Record<string, Ask> = {
    'GET /room/:id': http('get', ''),
    'GET /room/:id/log': http('get', '/log'),
    'POST /room/:id/enter': http('post', '/enter', { password: 'any' }),
    'POST /room/:id/sit': http('post', '/sit'),
    '/chat join': socket((ear, room) => ear.join(room)),
    'POST /room/:id/leave': http('post', '/leave'),
    '/chat leave': socket((ear) => ear.ask('leave')),
    '/chat typing': socket((ear) => ear.ask('typing', true)),
    'GET /room/:id/enter': http('get', '/enter'),
    'GET /room/:id/qr.svg': http('get', '/qr.svg'),
    'GET /room/:id/closed': http('get', '/closed'),
    'GET /room/:id/chats': http('get', '/chats'),
    'GET /room/:id/search': http('get', '/search?q=a'),
    'GET /gif/:name': async ({ visitor }) => {
      const { status } = await visitor.agent.get(picture.gif?.url ?? '');
      return { status, code: status === 404 ? 'not_found' : undefined };
    },
    'POST /room/:id/chat': http('post', '/chat', { chat: 'a text' }),
    'POST /room/:id/gif': async ({ visitor, room }) => {
      const { status, body } = await visitor.postGif(room, image);
      return { status, code: (body as { error?: { code: string } }).error?.code };
    },
    '/chat post': socket((ear, room) => ear.ask('post', { room, chat: 'a text' })),
    'POST /room/:id/polls': http('post', '/polls', QUESTION),
    'PUT /room/:id/polls/:chat/vote': http('put', () => `/polls/${poll}/vote`, { options: [0] }),
    'POST /room/:id/polls/:chat/vote': http('post', () => `/polls/${poll}/vote`, { options: [1] }),
    'POST /room/:id/polls/:chat/end': http('post', () => `/polls/${poll}/end`),
    'GET /room/:id/chat/:message/reactions': http('get', `/chat/${NO_MESSAGE}/reactions`),
    'PUT /room/:id/chat/:message/reactions/:emoji': http('put', `/chat/${NO_MESSAGE}/reactions/%F0%9F%98%84`),
    'DELETE /room/:id/chat/:message/reactions/:emoji': http('delete', `/chat/${NO_MESSAGE}/reactions/%F0%9F%98%84`),
    'PATCH /room/:id/chat/:message': http('patch', `/chat/${NO_MESSAGE}`, { chat: 'a text' }),
    'DELETE /room/:id/chat/:message': http('delete', `/chat/${NO_MESSAGE}`),
    'POST /room/:id/chat/:message/edit': http('post', `/chat/${NO_MESSAGE}/edit`, { chat: 'a text' }),
    'POST /room/:id/chat/:message/delete': http('post', `/chat/${NO_MESSAGE}/delete`),
    'PUT /room/:id/people/:visitor/role': aboutSomebody('put', '/role', { role: 'helper' }),
    'POST /room/:id/people/:visitor/role': aboutSomebody('post', '/role', { role: 'member' }),
    'GET /api/v1/rooms/:id/bots': api('get', '/bots'),
    'POST /api/v1/rooms/:id/bots': api('post', '/bots', { name: 'A bot' }),
    'DELETE /api/v1/rooms/:id/bots/:bot': async ({ visitor, room }) => {
      const { status, body } = await host.agent.post(`/api/v1/rooms/${room}/bots`).send({ name: 'To remove' });
      assert.equal(status, 201);
      return api('delete', `/bots/${(body as { bot: { id: string } }).bot.id}`)({ visitor, room, role: 'none' });
    },
    'PUT /room/:id/hand': http('put', '/hand'),
    'DELETE /room/:id/hand': http('delete', '/hand'),
    'POST /room/:id/hand': http('post', '/hand'),
    'POST /room/:id/hand/lower': http('post', '/hand/lower'),
    'DELETE /room/:id/hands/:visitor': http('delete', `/hands/${'0'.repeat(32)}`),
    'POST /room/:id/hands/:visitor/lower': http('post', `/hands/${'0'.repeat(32)}/lower`),
    'PUT /room/:id/pinned': http('put', '/pinned', { chat: null }),
    'POST /room/:id/pinned': http('post', '/pinned', { text: '' }),
    'PATCH /room/:id': http('patch', '', { slow: 0 }),
    'GET /room/:id/settings': http('get', '/settings'),
    'POST /room/:id/settings': http('post', '/settings', { slow: 0 }),
    'POST /room/:id/people/:visitor/remove': aboutSomebody('post', '/remove', {}),
    'GET /room/:id/bans': http('get', '/bans'),
    'DELETE /room/:id/bans/:ban': http('delete', `/bans/${NO_MESSAGE}`),
    'GET /room/:id/knocks': http('get', '/knocks'),
    'POST /room/:id/knocks': http('post', '/knocks'),
    'POST /room/:id/knocks/:visitor': http('post', `/knocks/${'0'.repeat(32)}`, { admit: true }),
    'POST /room/:id/chat/:message/report': http('post', `/chat/${NO_MESSAGE}/report`, {}),
    'POST /room/:id/people/:visitor/report': http('post', `/people/${'0'.repeat(32)}/report`, {}),
    'GET /room/:id/reports': http('get', '/reports'),
    'DELETE /room/:id/reports/:target': http('delete', `/reports/${NO_MESSAGE}`),
    'POST /room/:id/reports/:target/dismiss': http('post', `/reports/${NO_MESSAGE}/dismiss`),
    'GET /room/:id/transcript': http('get', '/transcript'),
    'GET /room/:id/transcript.html': http('get', '/transcript.html'),
    'GET /room/:id/transcript.txt': http('get', '/transcript.txt'),
    'DELETE /room/:id/chats': http('delete', '/chats'),
    'POST /room/:id/erase': http('post', '/erase', { sure: true }),
    'DELETE /room/:id': http('delete', ''),
    'POST /room/:id/delete': http('post', '/delete'),
  };

  /** What costs somebody their role is asked in a room of its own. */
  const SPENDS: Action[] = ['close', 'leave', 'erase'];

  async function askerOf(role: Role, action: Action): Promise<Asker> {
    const visitor = cast.get(role) ?? (await arrive(site));
    if (role === 'knocking') {
      assert.equal((await visitor.open(asking)).status, 202);
      return { visitor, role, room: asking };
    }
    if (!SPENDS.includes(action)) return { visitor, role, room };
    const own = await openRoom();
    if (role !== 'none' && role !== 'host') await visitor.open(own);
    await install(own);
    if (role === 'banned') await ban(own);
    return { visitor, role, room: own };
  }

  it('every route of a room and every event of /chat has its row, once', async () => {
    const ear = await host.listen();
    const routes = (await routesOf(site)).filter((route) => /\/room\/:id|\/gif\/:name|\/:id\/bots/.test(route));
    const events = eventsOf(site, '/chat', ear).map((event) => `/chat ${event}`);
    const rows = Object.values(RIGHTS).flatMap(({ doors }) => [...doors]);
    assert.deepEqual(rows.toSorted(), [...routes, ...events].sort());
    assert.deepEqual(Object.keys(ASKS).sort(), rows.toSorted());
  });

  for (const role of ['none', 'knocking', 'member', 'helper', 'host', 'banned'] as const) {
    for (const [action, { roles, doors }] of Object.entries(RIGHTS) as [Action, (typeof RIGHTS)[Action]][]) {
      const may = (roles as readonly Role[]).includes(role);
      it(`${role}: ${action} ${may ? 'is allowed' : 'is refused'}`, async () => {
        for (const door of doors) {
          const answer = await ASKS[door]?.(await askerOf(role, action));
          const what = `${role} at ${door}: ${JSON.stringify(answer)}`;
          if (may) assert.ok(!REFUSALS.includes(answer?.code ?? ''), what);
          else assert.ok(refusalsOf(role, roles).includes(answer?.code ?? 'allowed'), what);
        }
      });
    }
  }

  /** Somebody else's picture does not exist. */
  const refusalsOf = (role: Role, roles: readonly Role[]): string[] => [
    ...(role === 'banned' ? ['banned'] : []),
    ...(roles.includes('member') ? ['not_admitted', 'not_found'] : ['not_host']),
  ];
});
