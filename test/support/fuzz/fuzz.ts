/** The fuzzer: random input at every door of a site, each answer judged; what it found is told with its seed, made small. */
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { DESK_PASSWORD, startConsult, takeCase, work } from '../consultant.js';
import { someone } from '../direct.js';
import { startLine, upgradeHead } from '../line.js';
import { animated, jpeg, png, webp } from '../pictures.js';
import { Wire } from '../raw.js';
import type { Reachable } from '../visitor.js';
import { waitFor } from '../wait.js';
import { Plain, refusalIn } from '../wall/ask.js';
import { MULTIPART } from '../wall/bodies.js';
import { heads, inputs } from './inputs.js';

export { DESK_PASSWORD };

const FORM = 'application/x-www-form-urlencoded';

/** One kind of input, sent `runs` times. */
export type Channel = (seed: number, runs: number) => Promise<void>;

export interface Fuzzer {
  channels: Record<string, Channel>;
  close(): void;
}

/** @param site with CONSULT_PASSWORD of DESK_PASSWORD, and without limits */
export async function openFuzzer(site: Reachable): Promise<Fuzzer> {
  const { port } = new URL(site.url);
  const http = new Plain(Number(port));
  const [me, friend, consultant] = await Promise.all([someone(site), someone(site), work(site, 'Fuzz')]);
  const { visitor } = me;
  const room = (await visitor.createRoom({ title: 'Fuzz' }))._id;
  await visitor.sit(room);
  const desk = await consultant.desk();
  const consultation = await startConsult(await visitor.listen('/consult', { auth: { as: 'visitor' } }));
  await takeCase(desk, consultation);
  const pictures = await Promise.all([png(), jpeg(), webp(), animated('gif'), animated('webp')]);
  const any = inputs([room, me.id, friend.id, consultation], pictures);

  const api = '/api/messages';
  const posts = fc.constantFrom<[path: string, good: object]>(
    ['/room', { title: 'a room', max: 5 }],
    [`/room/${room}/chat`, { chat: 'a text', clientId: 'a-1' }],
    [`/room/${room}/enter`, { password: 'none' }],
    ['/lobby/join', { name: 'Fuzzy' }],
    ['/lobby/messages', { chat: 'a text', clientId: 'a-1' }],
    [`${api}/send/${friend.id}`, { message: 'a text', clientId: 'a-1' }],
    [`${api}/${friend.id}/read`, { upTo: 1 }],
    [`${api}/${friend.id}/block`, { on: false }],
    [`${api}/${friend.id}/mute`, { on: true }],
    ['/preferences', { lang: 'en', theme: 'dark', back: '/' }],
    ['/chat/consult/return', { code: '0000-0000-0000' }],
    [`/chat/consult/${consultation}/rating`, { stars: 5, line: 'good' }],
    ['/chat/admin/sign-in', { name: 'Fuzzy', password: 'none' }],
  );
  const gets = [
    ...['/', '/room', `/room/${room}`, `/room/${room}/log`, `/room/${room}/chats`, '/lobby', '/lobby/messages'],
    ...['/messages', `/messages/${friend.id}`, '/api/users', '/api/messages', `/api/messages/${friend.id}`],
    ...['/chat/consult', '/chat/admin', `/chat/consult/${consultation}/transcript.txt`],
  ];
  const accept = fc.constantFrom('application/json', 'text/html');
  const ask = async (method: string, path: string, headers: Record<string, string>, body?: string | Buffer) => {
    const all = { Cookie: visitor.cookie, ...headers };
    refusalIn(await http.ask({ method, path, headers: all, ...(body !== undefined && { body }) }));
  };

  /** A WebSocket of Engine.IO that has asked for every namespace. @returns it, with what it has heard. */
  async function engine(): Promise<{ socket: WebSocket; heard: string[]; closed: () => boolean }> {
    const socket = new WebSocket(`${site.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      headers: { Origin: new URL(site.url).origin, Cookie: visitor.cookie },
    });
    const heard: string[] = [];
    let isClosed = false;
    socket.on('message', (data: Buffer) => heard.push(data.toString())).on('error', () => undefined);
    socket.on('close', () => (isClosed = true));
    await waitFor('the open packet', () => heard.length > 0 || isClosed);
    for (const name of ['', '/chat,', '/lobby,', '/direct,', '/consult,']) socket.send(`40${name}`);
    return { socket, heard, closed: () => isClosed };
  }

  const property = {
    json: fc.asyncProperty(
      posts.chain(([path, good]) => fc.tuple(fc.constant(path), any.json(good))),
      accept,
      ([path, body], Accept) => ask('POST', path, { Accept, 'Content-Type': 'application/json' }, body),
    ),
    forms: fc.asyncProperty(
      posts.chain(([path, good]) => fc.tuple(fc.constant(path), any.form(good))),
      accept,
      ([path, body], Accept) => ask('POST', path, { Accept, 'Content-Type': FORM }, body),
    ),
    queries: fc.asyncProperty(fc.constantFrom(...gets), accept, any.query, (path, Accept, query) =>
      ask('GET', `${path}?${query}`, { Accept }),
    ),
    multipart: fc.asyncProperty(
      fc.constantFrom(`/room/${room}/gif`, `/chat/consult/${consultation}/gif`),
      any.multipartBody,
      (path, body) => ask('POST', path, { Accept: 'application/json', ...MULTIPART }, body),
    ),
    'raw HTTP': fc.asyncProperty(heads(Number(port)), async (bytes) => {
      const wire = new Wire(Number(port));
      wire.socket.end(bytes);
      await wire.ended;
      if ((wire.status ?? 0) >= 500) throw new Error(wire.heard.slice(0, 300));
    }),
    'Engine.IO': fc.asyncProperty(any.packets, async (packets) => {
      const { socket, heard, closed } = await engine();
      for (const packet of packets) if (!closed()) socket.send(packet);
      if (!closed()) socket.send('42777["reply",1]');
      await waitFor('an end or an answer', () => closed() || heard.some((packet) => packet.startsWith('43777[')));
      socket.terminate();
      const bad = heard.find((packet) => /"code":"(?:internal|unavailable)"/.test(packet));
      if (bad) throw new Error(bad);
    }),
    polling: fc.asyncProperty(any.packets, async (packets) => {
      const path = '/socket.io/?EIO=4&transport=polling';
      const headers = { Origin: new URL(site.url).origin, Cookie: visitor.cookie };
      const { text } = await http.ask({ method: 'GET', path, headers });
      const { sid } = JSON.parse(text.slice(1)) as { sid: string };
      const send = (body: string) => http.ask({ method: 'POST', path: `${path}&sid=${sid}`, headers, body });
      const body = packets.map((packet) => (typeof packet === 'string' ? packet : `b${packet.toString('base64')}`));
      for (const one of ['40', body.join('\x1e'), '1'])
        if ((await send(one)).status >= 500) throw new Error('a polling request was answered with 5xx');
    }),
    gateway: fc.asyncProperty(any.frames, async (frames) => {
      const line = await startLine(visitor);
      for (const frame of frames) line.send(frame);
      line.send('{"type":"none","clientId":"the-end"}');
      const ended = () => line.all('error').some(({ clientId }) => clientId === 'the-end');
      await waitFor('an end or an answer', () => line.closed !== null || ended());
      line.drop();
      const bad = line.all('error').find(({ code }) => code === 'internal' || code === 'unavailable');
      if (bad) throw new Error(JSON.stringify(bad));
    }),
    'raw frames': fc.asyncProperty(any.rawFrames, async (bytes) => {
      const { origin } = new URL(site.url);
      const wire = new Wire(Number(port)).send(
        upgradeHead(site.url, '/ws', { Origin: origin, Cookie: visitor.cookie }),
      );
      await waitFor('an answer', () => wire.status ?? wire.closed);
      wire.socket.end(bytes);
      await wire.ended;
      if (wire.status !== 101) throw new Error(wire.heard);
    }),
  };

  return {
    channels: Object.fromEntries(
      Object.entries(property).map(([name, tested]) => [
        name,
        (seed: number, numRuns: number) =>
          fc.assert<never>(tested as never, { seed, numRuns, endOnFailure: numRuns < 50 }),
      ]),
    ),
    close() {
      http.close();
      for (const one of [me.visitor, friend.visitor, consultant]) one.leaveAll();
    },
  };
}
