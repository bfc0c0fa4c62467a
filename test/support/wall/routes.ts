/** A row for every route of the site: what a good request is, and what it takes. */
import assert from 'node:assert/strict';
import { DESK_PASSWORD } from '../consultant.js';
import type { TestVisitor } from '../visitor.js';
import type { Stage } from './stage.js';

/** Something that a route accepts. */
export interface Good {
  path: string;
  body?: Record<string, unknown>;
  /** A body that is plain text. */
  text?: string;
  /** Who asks, if not `me`. */
  visitor?: TestVisitor;
}

export interface Row {
  good: (stage: Stage) => Good | Promise<Good>;
  /** A good request is answered so; 200 if nothing else is said. */
  status?: number;
  /** What it answers is a page. */
  page?: true;
  /** Parameters of its query. */
  query?: string[];
  /** Fields of its body that may be lists of texts. */
  lists?: string[];
  /** It takes a picture. */
  upload?: true;
  /** Also whom nobody knows is answered; and, where it is not a page, other sites' pages are. */
  open?: true;
  /** Whoever has a session may ask for the same. */
  shared?: true;
  /** It hashes a password: what may be accepted is tried once, and not in forms. */
  costly?: true;
  /** A key in its address says who asks, from wherever. */
  keyed?: true;
  /** A request without any body may be accepted. */
  bodiless?: true;
  /** Who was accepted has another session: each good request comes from somebody new. */
  renews?: true;
}

const CHATS = ['after', 'before', 'rev', 'limit'];

/** Somebody new who is signed in at /admin. */
async function operator(guest: Stage['guest']): Promise<TestVisitor> {
  const visitor = await guest();
  const signed = await visitor.agent.post('/admin/sign-in').send({ password: DESK_PASSWORD });
  visitor.cookie = String(signed.headers['set-cookie']).split(';')[0] ?? '';
  return visitor;
}

const inRoom =
  (tail: string, body?: Record<string, unknown>) =>
  async ({ room }: Stage): Promise<Good> => ({ path: `/room/${await room()}${tail}`, ...(body && { body }) });

const withHandUp =
  (tail: string) =>
  async ({ room, me }: Stage): Promise<Good> => {
    const id = await room();
    await me.visitor.agent.put(`/room/${id}/hand`);
    return { path: `/room/${id}/hands/${me.id}${tail}` };
  };

const inPoll =
  (tail: string, body?: Record<string, unknown>) =>
  async ({ room, me }: Stage): Promise<Good> => {
    const id = await room();
    const poll = { question: 'Which?', options: ['One', 'Two'] };
    const { body: made } = await me.visitor.agent.post(`/room/${id}/polls`).send(poll);
    return { path: `/room/${id}/polls/${(made as { _id: string })._id}${tail}`, ...(body && { body }) };
  };

const byApi =
  (tail: string, body?: Record<string, unknown>) =>
  async ({ room }: Stage): Promise<Good> => ({ path: `/api/v1/rooms/${await room()}${tail}`, ...(body && { body }) });

/** A new room of mine, in which my friend is, too. */
const withFriend =
  (tail: string, body?: Record<string, unknown>) =>
  async ({ room, friend }: Stage): Promise<Good> => {
    const id = await room();
    assert.equal((await friend.visitor.open(id)).status, 200);
    return { path: `/room/${id}/people/${friend.id}${tail}`, ...(body && { body }) };
  };

/** What is done about my friend, whom I have reported. */
const withReport =
  (tail: string) =>
  async (stage: Stage): Promise<Good> => {
    const { path } = await withFriend('/report')(stage);
    assert.equal((await stage.me.visitor.agent.post(path).send({})).status, 202);
    return { path: `${path.replace('/people/', '/reports/').replace(/\/report$/, '')}${tail}` };
  };

async function botOf({ room, me }: Stage) {
  const id = await room();
  const { status, body } = await me.visitor.agent.post(`/api/v1/rooms/${id}/bots`).send({ name: 'A bot' });
  assert.equal(status, 201);
  return { room: id, ...(body as { bot: { id: string }; key: string }) };
}

const toFriend =
  (start: string, tail = '', body?: Record<string, unknown>) =>
  ({ friend }: Stage): Good => ({ path: `${start}/${friend.id}${tail}`, ...(body && { body }) });

const inCase =
  (tail: string, body?: Record<string, unknown>) =>
  async ({ taken }: Stage): Promise<Good> => {
    const { id, visitor } = await taken();
    return { path: `/chat/consult/${id}${tail}`, visitor, ...(body && { body }) };
  };

const at = (path: string, body?: Record<string, unknown>) => (): Good => ({ path, ...(body && { body }) });

const SMILE = encodeURIComponent('😄');

/** An address below a message of mine that was just posted. */
const onMine =
  (places: (stage: Stage) => Promise<{ posts: string; of: string; text: object }>) =>
  (tail: string, body?: Record<string, unknown>) =>
  async (stage: Stage): Promise<Good> => {
    const { posts, of, text } = await places(stage);
    const posted = await stage.me.visitor.agent.post(posts).send(text);
    return { path: `${of}/${(posted.body as { _id: string })._id}${tail}`, ...(body && { body }) };
  };

const onChat = onMine(async ({ room }) => {
  const path = `/room/${await room()}/chat`;
  return { posts: path, of: path, text: { chat: 'a text' } };
});

/** What the operator does about a message of mine that is reported. */
const onReported =
  (tail: string) =>
  async (stage: Stage): Promise<Good> => {
    const { path } = await onChat('/report')(stage);
    assert.equal((await stage.me.visitor.agent.post(path).send({})).status, 202);
    const [, , room, , message] = path.split('/');
    return { path: `/admin/reports/${room}/${message}${tail}`, visitor: await operator(stage.guest) };
  };

const onLobby = onMine(async ({ me }) => {
  assert.equal((await me.visitor.agent.post('/lobby/join').send({ name: 'Wally' })).status, 200);
  return { posts: '/lobby/messages', of: '/lobby/messages', text: { chat: 'a text' } };
});

const onDirect = onMine(({ friend }) =>
  Promise.resolve({
    posts: `/api/messages/send/${friend.id}`,
    of: `/api/messages/${friend.id}`,
    text: { message: 'a text' },
  }),
);

export const ROUTES: Record<string, Row> = {
  'GET /healthz': { good: at('/healthz'), open: true, shared: true },
  'GET /metrics': { good: at('/metrics'), open: true, shared: true },
  'GET /version': { good: at('/version'), open: true, shared: true },
  'GET /readyz': { good: at('/readyz'), open: true, shared: true },
  'GET /robots.txt': { good: at('/robots.txt'), open: true, shared: true },
  'GET /favicon.ico': { good: at('/favicon.ico'), open: true, shared: true },
  'GET /manifest.webmanifest': { good: at('/manifest.webmanifest'), open: true, shared: true },
  'GET /offline': { good: at('/offline'), open: true, shared: true },
  'GET /service-worker.js': { good: at('/service-worker.js'), open: true, shared: true },
  'GET /assets/*': {
    async good({ http }) {
      const { text } = await http.ask({ method: 'GET', path: '/', headers: { Accept: 'text/html' } });
      return { path: /"(\/assets\/[^"]+\.js)"/.exec(text)?.[1] ?? 'no asset' };
    },
    open: true,
    shared: true,
  },

  'GET /': { good: at('/'), page: true, open: true, shared: true, query: ['page', 'q', 'error'] },
  'GET /room': { good: at('/room'), page: true, open: true, shared: true, query: ['title', 'error'] },
  'POST /room': {
    good: at('/room', { title: 'A room', max: 5, password: 'four or more' }),
    status: 201,
    shared: true,
    costly: true,
  },
  'GET /room/:id': { good: inRoom(''), page: true, open: true, shared: true, query: ['error', 'password'] },
  'DELETE /room/:id': { good: inRoom('') },
  'POST /room/:id/delete': { good: inRoom('/delete'), status: 303 },
  'POST /room/:id/enter': {
    async good({ lockedRoom }) {
      return { path: `/room/${await lockedRoom()}/enter`, body: { password: 'the-wall' } };
    },
    status: 303,
    shared: true,
    costly: true,
  },
  'GET /room/:id/enter': { good: inRoom('/enter'), status: 302, open: true, shared: true },
  'PUT /room/:id/people/:visitor/role': { good: withFriend('/role', { role: 'helper' }) },
  'POST /room/:id/people/:visitor/role': { good: withFriend('/role', { role: 'helper' }) },
  'POST /room/:id/people/:visitor/remove': {
    good: withFriend('/remove', { ban: false, erase: false }),
    bodiless: true,
  },
  'GET /room/:id/bans': { good: inRoom('/bans') },
  'DELETE /room/:id/bans/:ban': {
    async good(stage) {
      const { path } = await withFriend('/remove')(stage);
      const { body } = await stage.me.visitor.agent.post(path).send({ ban: true });
      const [, room] = /^\/room\/([^/]+)/.exec(path) ?? [];
      return { path: `/room/${room}/bans/${(body as { ban: { _id: string } }).ban._id}` };
    },
  },
  'GET /room/:id/knocks': { good: inRoom('/knocks') },
  'POST /room/:id/knocks': { good: inRoom('/knocks') },
  'POST /room/:id/knocks/:visitor': {
    async good({ room, me, friend }) {
      const id = await room();
      assert.equal((await me.visitor.agent.patch(`/room/${id}`).send({ approval: true })).status, 200);
      assert.equal((await friend.visitor.open(id)).status, 202);
      return { path: `/room/${id}/knocks/${friend.id}`, body: { admit: true } };
    },
  },
  'POST /room/:id/sit': { good: inRoom('/sit'), shared: true },
  'POST /room/:id/leave': { good: inRoom('/leave'), shared: true },
  'GET /room/:id/log': { good: inRoom('/log'), page: true, open: true, shared: true },
  'GET /room/:id/closed': {
    async good({ room, me }) {
      const id = await room();
      assert.equal((await me.visitor.remove(id)).status, 200);
      return { path: `/room/${id}/closed` };
    },
    status: 410,
    page: true,
    open: true,
    shared: true,
  },
  'GET /room/:id/qr.svg': { good: inRoom('/qr.svg'), open: true, shared: true },
  'POST /room/:id/chat': { good: inRoom('/chat', { chat: 'a text', clientId: 'a-1' }) },
  'POST /room/:id/gif': { good: inRoom('/gif'), upload: true },
  'PATCH /room/:id': {
    good: inRoom('', {
      title: 'Another title',
      max: 20,
      password: 'four or more',
      closedDoor: true,
      approval: true,
      listed: false,
      slow: 10,
      hostsOnly: true,
      picturesPaused: true,
    }),
    costly: true,
  },
  'GET /room/:id/settings': { good: inRoom('/settings'), page: true, query: ['error'] },
  'POST /room/:id/settings': { good: inRoom('/settings', { slow: 10, listed: 'on' }) },
  'POST /room/:id/chat/:message/report': { good: onChat('/report', { why: 'a reason' }), status: 202, bodiless: true },
  'POST /room/:id/people/:visitor/report': {
    good: withFriend('/report', { why: 'a reason' }),
    status: 202,
    bodiless: true,
  },
  'GET /room/:id/reports': { good: inRoom('/reports') },
  'DELETE /room/:id/reports/:target': { good: withReport('') },
  'POST /room/:id/reports/:target/dismiss': { good: withReport('/dismiss') },
  'GET /room/:id/transcript': { good: inRoom('/transcript') },
  'GET /room/:id/transcript.html': { good: inRoom('/transcript.html') },
  'GET /room/:id/transcript.txt': { good: inRoom('/transcript.txt') },
  'DELETE /room/:id/chats': { good: inRoom('/chats') },
  'POST /room/:id/erase': { good: inRoom('/erase', { sure: true }) },
  'PUT /room/:id/hand': { good: inRoom('/hand') },
  'POST /room/:id/hand': { good: inRoom('/hand') },
  'DELETE /room/:id/hand': { good: inRoom('/hand') },
  'POST /room/:id/hand/lower': { good: inRoom('/hand/lower') },
  'DELETE /room/:id/hands/:visitor': { good: withHandUp('') },
  'POST /room/:id/hands/:visitor/lower': { good: withHandUp('/lower') },
  'PUT /room/:id/pinned': {
    async good({ room, me }) {
      const id = await room();
      return { path: `/room/${id}/pinned`, body: { chat: (await me.visitor.say(id, 'to pin'))._id } };
    },
  },
  'POST /room/:id/pinned': { good: inRoom('/pinned', { text: 'an announcement' }) },
  'POST /room/:id/polls': {
    good: inRoom('/polls', { question: 'Which?', options: ['One', 'Two'], multiple: false, named: true }),
    lists: ['options'],
  },
  'PUT /room/:id/polls/:chat/vote': { good: inPoll('/vote', { options: [0] }) },
  'POST /room/:id/polls/:chat/vote': { good: inPoll('/vote', { options: [1] }) },
  'POST /room/:id/polls/:chat/end': { good: inPoll('/end') },
  'PATCH /room/:id/chat/:message': { good: onChat('', { chat: 'another text' }) },
  'DELETE /room/:id/chat/:message': { good: onChat('') },
  'GET /room/:id/chat/:message/reactions': { good: onChat('/reactions') },
  'PUT /room/:id/chat/:message/reactions/:emoji': { good: onChat(`/reactions/${SMILE}`) },
  'DELETE /room/:id/chat/:message/reactions/:emoji': { good: onChat(`/reactions/${SMILE}`) },
  'POST /room/:id/chat/:message/edit': { good: onChat('/edit', { chat: 'another text' }) },
  'POST /room/:id/chat/:message/delete': { good: onChat('/delete') },
  'GET /room/:id/chats': { good: inRoom('/chats'), query: CHATS },
  'GET /room/:id/search': { good: inRoom('/search'), query: ['q', 'before', 'at'] },

  'GET /chat/consult': {
    good: at('/chat/consult'),
    page: true,
    open: true,
    shared: true,
    query: ['new', 'error', 'ask', 'topic'],
  },
  'POST /chat/consult': {
    good: async ({ guest }) => ({ path: '/chat/consult', body: { topic: 'a topic' }, visitor: await guest() }),
    shared: true,
    bodiless: true,
  },
  'GET /chat/consult/:id/log': { good: inCase('/log'), page: true },
  'POST /chat/consult/:id/messages': { good: inCase('/messages', { message: 'hello', clientId: 'hello-1' }) },
  'POST /chat/consult/:id/end': { good: inCase('/end') },
  'POST /chat/consult/return': {
    async good({ waiting, http }) {
      const { id, visitor } = await waiting();
      const path = `/chat/consult/${id}/code`;
      const { text } = await http.ask({ method: 'POST', path, headers: { Cookie: visitor.cookie } });
      return { path: '/chat/consult/return', body: { code: (JSON.parse(text) as { code: string }).code } };
    },
    shared: true,
  },
  'POST /chat/consult/:id/gif': { good: inCase('/gif'), upload: true },
  'GET /chat/consult/:id/transcript.txt': { good: inCase('/transcript.txt'), query: ['as'] },
  'GET /chat/consult/:id/transcript.json': { good: inCase('/transcript.json'), query: ['as'] },
  'POST /chat/consult/:id/rating': {
    async good({ taken }) {
      const { id, visitor, ear } = await taken();
      assert.ok((await ear.ask('end-consult', id)).ok);
      return { path: `/chat/consult/${id}/rating`, body: { stars: 5, line: 'good' }, visitor };
    },
  },
  'POST /chat/consult/:id/code': { good: inCase('/code') },
  'GET /chat/admin': { good: at('/chat/admin'), page: true, open: true, shared: true, query: ['error'] },
  'POST /chat/admin/sign-in': {
    async good({ guest }) {
      const visitor = await guest();
      return { path: '/chat/admin/sign-in', body: { name: visitor.id, password: DESK_PASSWORD }, visitor };
    },
    shared: true,
    costly: true,
    renews: true,
  },
  'POST /chat/admin/sign-out': {
    good: async ({ guest }) => ({ path: '/chat/admin/sign-out', visitor: await guest() }),
    shared: true,
    renews: true,
  },

  'GET /admin': { good: at('/admin'), page: true, open: true, shared: true, query: ['error'] },
  'POST /admin/sign-in': {
    async good({ guest }) {
      return { path: '/admin/sign-in', body: { password: DESK_PASSWORD }, visitor: await guest() };
    },
    shared: true,
    costly: true,
    renews: true,
  },
  'POST /admin/sign-out': {
    good: async ({ guest }) => ({ path: '/admin/sign-out', visitor: await guest() }),
    shared: true,
    renews: true,
  },
  'GET /admin/people': {
    good: async ({ guest }) => ({ path: '/admin/people?q=a', visitor: await operator(guest) }),
    page: true,
    query: ['q', 'room'],
  },
  'POST /admin/reports/:id/:target/dismiss': { good: onReported('/dismiss'), costly: true },
  'POST /admin/reports/:id/:target/delete': { good: onReported('/delete'), costly: true },
  'POST /admin/bans': {
    good: async ({ guest }) => ({
      path: '/admin/bans',
      body: { visitor: (await guest()).id, minutes: 10 },
      visitor: await operator(guest),
    }),
    costly: true,
  },
  'POST /admin/bans/:ban/lift': {
    good: async ({ guest, store }) => {
      const [visitor, banned] = [await operator(guest), await guest()];
      await visitor.agent.post('/admin/bans').send({ visitor: banned.id, minutes: 10 });
      const ban = await store.collection('sitebans').findOne({ key: `visitor:${banned.id}` });
      return { path: `/admin/bans/${String(ban?._id)}/lift`, visitor };
    },
    costly: true,
  },
  'POST /admin/announcement': {
    good: async ({ guest }) => ({
      path: '/admin/announcement',
      body: { text: 'The wall is tried' },
      visitor: await operator(guest),
    }),
    costly: true,
  },
  'POST /admin/announcement/end': {
    good: async ({ guest }) => ({ path: '/admin/announcement/end', visitor: await operator(guest) }),
    costly: true,
  },
  'POST /admin/maintenance': {
    good: async ({ guest }) => ({ path: '/admin/maintenance', body: { on: false }, visitor: await operator(guest) }),
    costly: true,
  },
  'POST /admin/rooms/:id/close': {
    good: async ({ guest, room }) => ({
      path: `/admin/rooms/${await room()}/close`,
      visitor: await operator(guest),
    }),
  },

  'GET /lobby': { good: at('/lobby'), page: true, open: true, shared: true, query: ['name', 'error'] },
  'POST /lobby/join': { good: at('/lobby/join', { name: 'Wally' }), shared: true },
  'POST /lobby/leave': { good: at('/lobby/leave'), shared: true },
  'GET /lobby/messages': { good: at('/lobby/messages'), query: CHATS, shared: true },
  'POST /lobby/messages': {
    async good({ me }) {
      assert.equal((await me.visitor.agent.post('/lobby/join').send({ name: 'Wally' })).status, 200);
      return { path: '/lobby/messages', body: { chat: 'a text', clientId: 'a-1' } };
    },
    status: 201,
  },

  'POST /lobby/gif': {
    async good({ me }) {
      assert.equal((await me.visitor.agent.post('/lobby/join').send({ name: 'Wally' })).status, 200);
      return { path: '/lobby/gif' };
    },
    status: 201,
    upload: true,
  },
  'PATCH /lobby/messages/:message': { good: onLobby('', { chat: 'another text' }) },
  'DELETE /lobby/messages/:message': { good: onLobby('') },
  'GET /lobby/messages/:message/reactions': { good: onLobby('/reactions'), shared: true },
  'PUT /lobby/messages/:message/reactions/:emoji': { good: onLobby(`/reactions/${SMILE}`) },
  'DELETE /lobby/messages/:message/reactions/:emoji': { good: onLobby(`/reactions/${SMILE}`) },
  'POST /lobby/messages/:message/edit': { good: onLobby('/edit', { chat: 'another text' }) },
  'POST /lobby/messages/:message/delete': { good: onLobby('/delete') },

  'GET /messages': {
    good: at('/messages'),
    page: true,
    open: true,
    shared: true,
    query: ['with', 'before', 'people', 'find', 'error'],
  },
  'GET /messages/:userId': {
    good: toFriend('/messages'),
    page: true,
    open: true,
    shared: true,
    query: ['before', 'people', 'find', 'error'],
  },
  'GET /api/users': { good: at('/api/users'), query: ['after', 'q', 'limit'], shared: true },
  'GET /api/messages': { good: at('/api/messages'), query: ['before', 'limit'], shared: true },
  'GET /api/messages/:userId': { good: toFriend('/api/messages'), query: CHATS, shared: true },
  'POST /api/messages/send/:userId': {
    good: toFriend('/api/messages/send', '', { message: 'a text', clientId: 'a-1' }),
    status: 201,
    shared: true,
  },
  'PATCH /api/messages/:userId/:message': { good: onDirect('', { message: 'another text' }) },
  'DELETE /api/messages/:userId/:message': { good: onDirect('') },
  'GET /api/messages/:userId/:message/reactions': { good: onDirect('/reactions') },
  'PUT /api/messages/:userId/:message/reactions/:emoji': { good: onDirect(`/reactions/${SMILE}`) },
  'DELETE /api/messages/:userId/:message/reactions/:emoji': { good: onDirect(`/reactions/${SMILE}`) },
  'POST /api/messages/:userId/:message/edit': { good: onDirect('/edit', { message: 'another text' }) },
  'POST /api/messages/:userId/:message/delete': { good: onDirect('/delete') },
  'POST /api/messages/send/:userId/gif': {
    good: toFriend('/api/messages/send', '/gif'),
    status: 201,
    upload: true,
    shared: true,
  },
  'POST /api/messages/:userId/read': { good: toFriend('/api/messages', '/read', { upTo: 1 }), shared: true },
  'POST /api/messages/:userId/block': { good: toFriend('/api/messages', '/block', { on: false }), shared: true },
  'POST /api/messages/:userId/mute': { good: toFriend('/api/messages', '/mute', { on: true }), shared: true },
  'POST /api/token': { good: at('/api/token'), shared: true },

  'GET /api/v1/openapi.json': { good: at('/api/v1/openapi.json'), open: true, shared: true },
  'GET /api/v1/asyncapi.json': { good: at('/api/v1/asyncapi.json'), open: true, shared: true },
  'POST /api/v1/visitors': { good: at('/api/v1/visitors'), status: 201, open: true, shared: true },
  'GET /api/v1/rooms': { good: at('/api/v1/rooms'), query: ['q', 'cursor', 'limit'], shared: true },
  'POST /api/v1/rooms': {
    good: at('/api/v1/rooms', { title: 'A room', max: 5, password: 'four or more' }),
    status: 201,
    shared: true,
    costly: true,
  },
  'GET /api/v1/rooms/:id': { good: byApi(''), shared: true },
  'DELETE /api/v1/rooms/:id': { good: byApi('') },
  'POST /api/v1/rooms/:id/enter': {
    async good({ lockedRoom }) {
      return { path: `/api/v1/rooms/${await lockedRoom()}/enter`, body: { password: 'the-wall' } };
    },
    bodiless: true,
    shared: true,
    costly: true,
  },
  'GET /api/v1/rooms/:id/people': { good: byApi('/people') },
  'DELETE /api/v1/rooms/:id/seat': { good: byApi('/seat'), status: 204, shared: true },
  'GET /api/v1/rooms/:id/chats': { good: byApi('/chats'), query: CHATS },
  'GET /api/v1/rooms/:id/search': { good: byApi('/search'), query: ['q', 'before'] },
  'POST /api/v1/rooms/:id/chats': { good: byApi('/chats', { chat: 'a text', clientId: 'a-1' }) },
  'GET /api/v1/rooms/:id/bots': { good: byApi('/bots') },
  'POST /api/v1/rooms/:id/bots': { good: byApi('/bots', { name: 'A bot' }), status: 201 },
  'DELETE /api/v1/rooms/:id/bots/:bot': {
    async good(stage) {
      const { room, bot } = await botOf(stage);
      return { path: `/api/v1/rooms/${room}/bots/${bot.id}` };
    },
    status: 204,
  },
  'POST /api/v1/hooks/:key': {
    good: async (stage) => ({ path: `/api/v1/hooks/${(await botOf(stage)).key}`, text: 'a text' }),
    open: true,
    shared: true,
    keyed: true,
  },
  'POST /api/v1/rooms/:id/gifs': { good: byApi('/gifs'), upload: true },

  'GET /gif/:name': {
    async good({ room, me, picture }) {
      const posted = await me.visitor.postGif(await room(), Buffer.from(picture, 'latin1'));
      return { path: (posted.body as { gif: { url: string } }).gif.url };
    },
  },
  'GET /shelf': { good: at('/shelf?q=heart'), open: true, shared: true, query: ['q'] },
  'GET /shelf/*': { good: at('/shelf/reactions/thumbs-up.moving.gif'), open: true, shared: true },
  'POST /preferences': {
    good: at('/preferences', { lang: 'en', theme: 'dark', back: '/room' }),
    status: 303,
    open: true,
    shared: true,
  },
};
