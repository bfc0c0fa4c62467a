/** R50, R53, R55: nothing secret leaves, sockets end with their session, and what one client makes up reaches no other. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import type { GatewayServerFrame } from '../../schemas/gateway.js';
import { DESK_PASSWORD, startConsult, takeCase, work } from '../support/consultant.js';
import { someone, write } from '../support/direct.js';
import { openLine, startLine } from '../support/line.js';
import * as pictures from '../support/pictures.js';
import { startProcess } from '../support/process.js';
import { startSite, temporaryFolder, type TestSite } from '../support/site.js';
import { arrive, type Ear } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';
import { record, seeded, times } from './record.js';

const SENT = times(600);

/** A secret as it might be written down. */
const spellings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('hex'),
];

describe('R50', () => {
  it('passwords, session ids and the signing secret: in no answer, no frame and no line of the log', async () => {
    const dir = await temporaryFolder();
    const secrets = {
      room: 'canary-room-§-4711',
      desk: 'canary-desk-§-0815',
      signing: 'canary-signing-secret-of-some-length-99',
    };
    const site = await startProcess(dir, {
      LIMITS: 'off',
      LOG_LEVEL: 'trace',
      CONSULT_PASSWORD: secrets.desk,
      COOKIE_SECRET: secrets.signing,
    });
    const bodies: string[] = [];
    const [host, guest] = [await arrive(site), await arrive(site)];
    const ears: Ear[] = [await guest.listen('/room'), await guest.listen('/'), await guest.listen('/lobby')];
    const room = await host.createRoom({ title: 'secret', password: secrets.room });
    ears.push(await host.sit(room._id));
    for (const password of ['wrong', secrets.room]) bodies.push((await guest.enter(room._id, password)).text);
    ears.push(await guest.sit(room._id));
    await host.say(room._id, 'a word');
    bodies.push((await host.postGif(room._id, await pictures.gif())).text);
    await ears[2]!.ask('join', 'Canary');
    const consultant = await work({ url: site.url }, 'Robin').catch(() => null);
    assert.equal(consultant, null);
    const desk = new (await import('../support/consultant.js')).TestConsultant(site, 'Robin');
    await desk.arrive();
    bodies.push((await desk.signIn('wrong-password')).text, (await desk.signIn(secrets.desk)).text);
    ears.push(await desk.desk());
    const asking = await guest.listen('/consult');
    ears.push(asking);
    await takeCase(ears.at(-2)!, await startConsult(asking));
    const [a, b] = [await someone(site), await someone(site)];
    ears.push(await b.visitor.listen('/direct'));
    const line = await startLine(b.visitor);
    await write(a, b, 'between us');
    const pages = [
      '/',
      '/room',
      `/room/${room._id}`,
      `/room/${room._id}/chats`,
      '/lobby',
      '/messages',
      '/api/users',
      '/api/messages',
      '/chat/consult',
      '/chat/admin',
      '/nowhere',
    ];
    for (const visitor of [host, guest, desk, a.visitor, b.visitor])
      for (const page of pages) {
        const { text, body } = await visitor.agent.get(page).set('Accept', 'text/html');
        bodies.push(text || JSON.stringify(body));
      }
    const sessions = [host, guest, desk, a.visitor, b.visitor].flatMap(
      ({ cookie }) => /s%3A([^.]+)\./.exec(cookie)?.[1] ?? [],
    );
    const frames = [...ears.flatMap((ear) => [...ear.frames, JSON.stringify(ear.heard)]), JSON.stringify(line.frames)];
    for (const visitor of [host, guest, desk, a.visitor, b.visitor]) visitor.leaveAll();
    line.drop();
    await site.end('SIGTERM');
    await rm(dir, { recursive: true, force: true });
    const places = { answers: bodies.join('\n'), frames: frames.join('\n'), log: site.stdout() + site.stderr() };
    const wanted = [...Object.values(secrets), ...sessions, '$argon2'].flatMap(spellings);
    const found = Object.entries(places).flatMap(([place, text]) =>
      wanted.filter((word) => text.includes(word)).map((word) => `${place}: ${word}`),
    );
    record('R50', {
      secrets: wanted.length,
      bytes: Object.fromEntries(Object.entries(places).map(([place, text]) => [place, text.length])),
      found: found.length,
    });
    assert.ok(sessions.length >= 5);
    assert.ok(places.log.includes('/nowhere'), 'the log was on');
    assert.deepEqual(found, []);
  });
});

describe('R53, R55', () => {
  let site: TestSite;
  before(async () => {
    site = await startSite({ LIMITS: 'off', CONSULT_PASSWORD: DESK_PASSWORD });
  });
  after(() => site.close());

  it('R53: the connections of a session that was deleted end, in every namespace and the gateway, and no others', async () => {
    const [gone, stays] = [await someone(site), await someone(site)];
    const places = ['/', '/room', '/chat', '/lobby', '/direct', '/consult'];
    const open = async ({ visitor }: typeof gone) => ({
      ears: await Promise.all(places.map((place) => visitor.listen(place, { reconnection: false }))),
      line: await startLine(visitor),
    });
    const [ending, staying] = [await open(gone), await open(stays)];
    const sessions = site.app.database.connection.collection('sessions');
    const began = performance.now();
    const { deletedCount } = await sessions.deleteMany({ 'session.visitor.id': gone.visitor.id });
    assert.equal(deletedCount, 1);
    await waitFor('their sockets to end', () => ending.ears.every(({ socket }) => !socket.connected));
    await ending.line.end();
    const tookMs = Math.round(performance.now() - began);
    const left = staying.ears.filter(({ socket }) => socket.connected).length;
    const isLineOpen = staying.line.closed === null;
    stays.visitor.leaveAll();
    staying.line.drop();
    record('R53', { sockets: places.length, tookMs, othersLeft: left });
    assert.equal(left, places.length);
    assert.ok(isLineOpen);
  });

  it(`R55: ${SENT} payloads that no contract knows, to every event that others hear of: refused, and nobody hears them`, async () => {
    const { seed, random } = seeded();
    const canary = 'made-up-by-a-client';
    const [sender, hearer] = [await someone(site), await someone(site)];
    const { _id: room } = await sender.visitor.createRoom({ title: 'relays' });
    await hearer.visitor.open(room);
    const open = async ({ visitor }: typeof sender, name: string) => {
      const [chat, lobby, direct, consult] = [
        await visitor.sit(room),
        await visitor.listen('/lobby'),
        await visitor.listen('/direct'),
        await visitor.listen('/consult'),
      ];
      assert.ok((await lobby.ask('join', name)).ok);
      return {
        '/chat': chat,
        '/lobby': lobby,
        '/direct': direct,
        '/consult': consult,
        gateway: await openLine(visitor),
      };
    };
    const [from, to] = [await open(sender, 'Sender'), await open(hearer, 'Hearer')];
    await write(sender, hearer, 'hello');
    from.gateway.send({ type: 'init' });
    to.gateway.send({ type: 'init' });
    await to.gateway.hear('ready');
    const sessionId = await startConsult(from['/consult']);
    const desk = await work(site, 'Relay');
    const consultant = await desk.desk();
    await takeCase(consultant, sessionId);
    const events = [
      ['/chat', 'typing'],
      ['/chat', 'post'],
      ['/lobby', 'sendMessage'],
      ['/direct', 'typing'],
      ['/direct', 'read'],
      ['/consult', 'send-message'],
      ['/consult', 'typing'],
    ] as const;
    const targets = { room, to: hearer.id, with: hearer.id, sessionId };
    const made: (() => unknown)[] = [
      () => [canary],
      () => ({ [canary]: canary }),
      () => ({ ...targets, on: canary, upTo: canary, chat: { text: canary }, message: [canary] }),
      () => ({
        ...targets,
        on: { canary },
        upTo: -1,
        chat: canary.repeat(400),
        message: canary.repeat(400),
        clientId: { canary },
      }),
      () => ({
        __proto__: { canary },
        toString: canary,
        ...targets,
        chat: 7,
        message: { canary },
        on: 1,
        upTo: [canary],
      }),
      () => Array.from({ length: 2_000 }).reduce<unknown>((inner) => [inner], canary),
    ];
    let accepted = 0;
    for (let sent = 0; sent < SENT; sent += 10) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => {
          const [place, event] = events[Math.floor(random() * events.length)]!;
          return from[place].ask(event, made[Math.floor(random() * made.length)]!());
        }),
      );
      accepted += answers.filter(({ ok }) => ok).length;
    }
    for (const make of made) from.gateway.send({ type: 'typing', ...(make() as object) });
    await waitFor('the refusals', () => from.gateway.frames.length > made.length || from.gateway.closed);
    // What is said afterwards has been heard: so has everything before it.
    await sender.visitor.say(room, 'the end');
    await to['/chat'].hear('chat', ({ chat }: { chat?: string }) => chat === 'the end');
    await write(sender, hearer, 'the end');
    await to['/direct'].hear('newMessage', ({ message }: { message: string }) => message === 'the end');
    const heard: unknown[] = [to['/chat'], to['/lobby'], to['/direct'], to['/consult'], consultant].flatMap(
      ({ heard: all }) => all,
    );
    const frames: GatewayServerFrame[] = to.gateway.frames;
    const leaked = [...heard, ...frames].filter((each) => JSON.stringify(each).includes(canary));
    for (const { visitor } of [sender, hearer]) visitor.leaveAll();
    desk.leaveAll();
    from.gateway.drop();
    to.gateway.drop();
    record('R55', { seed, sent: SENT, accepted, leaked: leaked.length });
    assert.deepEqual(leaked, []);
    assert.equal(accepted, 0);
  });
});
