/** Who asks, for programs: visitors without a browser, and their tokens on every door. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { DAY, HOUR, MovableClock } from '../support/clock.js';
import { someone } from '../support/direct.js';
import { openLine, type Raw, upgradeHead } from '../support/line.js';
import { ask, program, type Program } from '../support/program.js';
import { Wire } from '../support/raw.js';
import { startSite, type TestSite } from '../support/site.js';
import { Store } from '../support/store.js';
import { arrive, type Ear, type TestVisitor } from '../support/visitor.js';
import { waitFor } from '../support/wait.js';

describe('tokens of programs', () => {
  let site: TestSite;
  let store: Store;
  const clock = new MovableClock();
  let page: TestVisitor;
  let bot: Program;
  const ears: Ear[] = [];
  const lines: Raw[] = [];
  before(async () => {
    site = await startSite({ LIMITS: 'session_ip=30/600' }, { clock });
    store = await Store.open(site.databaseUrl);
    page = await arrive(site);
    bot = await program(site);
  });
  after(async () => {
    for (const ear of ears) ear.close();
    for (const line of lines) line.drop();
    page.leaveAll();
    await store.close();
    await site.close();
  });

  /** A line of the raw gateway without cookie and origin. */
  const line = async (init: object) => {
    const raw = await openLine(page, {});
    lines.push(raw);
    raw.send({ type: 'init', ...init });
    return raw;
  };
  const socket = (who: Program, namespace: string, token?: unknown) => {
    const ear = token === undefined ? who.connect(namespace) : who.connect(namespace, token);
    ears.push(ear);
    return ear;
  };
  const connected = (ear: Ear) => waitFor('a connection', () => ear.socket.connected);

  it('a visitor without a browser: an id, a colour, a name and a token, no cookie; kept as a hash', async () => {
    const { status, headers, body } = await ask(site, 'POST', '/visitors', undefined, { 'Accept-Language': 'en' });
    assert.equal(status, 201);
    assert.deepEqual(Object.keys(body).sort(), ['token', 'visitor']);
    assert.deepEqual(Object.keys(body.visitor).sort(), ['color', 'id', 'name']);
    assert.match(body.visitor.id, /^[0-9a-f]{32}$/);
    assert.match(body.visitor.color, /^#[0-9a-f]{6}$/);
    assert.deepEqual(headers.getSetCookie(), []);
    const kept = await store.collection('tokens').find({ 'visitor.id': body.visitor.id }).toArray();
    assert.equal(kept.length, 1);
    assert.ok(!JSON.stringify(kept).includes(body.token));
    assert.equal(String(kept[0]!._id), createHash('sha256').update(body.token).digest('base64url'));
  });

  it('a token that is none: 401 bad_token, even beside a good cookie, in the one form of errors', async () => {
    for (const token of ['none', '', 'x'.repeat(5_000), `${bot.token}x`, '{"$ne":null}']) {
      const beside: Record<string, string>[] = [{}, { Cookie: page.cookie, Origin: site.url }, { Accept: 'text/html' }];
      for (const headers of beside) {
        const refused = await ask(site, 'GET', '/none', undefined, { Authorization: `Bearer ${token}`, ...headers });
        assert.equal(refused.status, 401, token);
        assert.deepEqual(Object.keys(refused.body.error).sort(), ['code', 'message']);
        assert.equal(refused.body.error.code, 'bad_token');
      }
    }
    // Another scheme is a proxy's; another path is a page's, which knows cookies only.
    assert.equal((await ask(site, 'GET', '/none', undefined, { Authorization: 'Basic eDp5' })).status, 404);
    assert.equal((await fetch(`${site.url}/room`, { headers: { Authorization: 'Bearer none' } })).status, 200);
  });

  it('writes by cookie keep the same-origin rule; writes by token need none', async () => {
    const foreign = { Origin: 'https://evil.example' };
    const refused = await ask(site, 'POST', '/none', {}, { ...foreign, Cookie: page.cookie, Accept: 'text/html' });
    assert.deepEqual([refused.status, refused.body.error.code], [403, 'cross_site']);
    assert.equal((await ask(site, 'POST', '/visitors', undefined, foreign)).status, 403);
    assert.equal((await bot.ask('POST', '/none', {}, foreign)).status, 404);
  });

  it('what is not there is JSON, also for a browser', async () => {
    const missing = await bot.ask('GET', '/none', undefined, { Accept: 'text/html' });
    assert.deepEqual([missing.status, missing.body.error.code], [404, 'not_found']);
  });

  it('is good for the raw gateway, and for the next token', async () => {
    const raw = await line({ token: bot.token });
    assert.equal((await raw.hear('ready')).userId, bot.visitor.id);
    raw.send({ type: 'token' });
    const { token } = await raw.hear('token');
    assert.equal((await (await line({ token })).hear('ready')).userId, bot.visitor.id);
    const refused = await line({ token: 'none' });
    assert.equal((await refused.hear('error')).code, 'bad_token');
    assert.equal(await refused.end(), 4401);
    const beside = await openLine(page);
    lines.push(beside);
    beside.send({ type: 'init', token: 'none' });
    assert.equal((await beside.hear('error')).code, 'bad_token');
  });

  it('is good for every namespace, without cookie and origin', async () => {
    for (const namespace of ['/', '/room', '/chat', '/lobby', '/direct', '/consult'])
      await connected(socket(bot, namespace));
    const lobby = socket(bot, '/lobby');
    await connected(lobby);
    const answer = await lobby.ask<{ user: { id: string } }>('join', 'Robot');
    assert.equal((answer as unknown as { user: { id: string } }).user.id, bot.visitor.id);
  });

  it('a token that is none is refused on a namespace by its own code, also beside a good cookie; nobody by no_session', async () => {
    for (const token of ['none', '', 5, null, { $ne: 1 }, ['x']])
      assert.equal(await socket(bot, '/chat', token).refused(), 'bad_token', JSON.stringify(token));
    assert.equal(await page.connect('/chat', { auth: { token: 'none' } }).refused(), 'bad_token');
    assert.equal(await page.connect('/chat', { extraHeaders: {} }).refused(), 'no_session');
    const other = page.connect('/lobby', { auth: { token: bot.token } });
    await connected(other);
    const answer = await other.ask('join', { name: 'Robot' });
    assert.equal((answer as unknown as { user: { id: string } }).user.id, bot.visitor.id);
  });

  it('sockets of a token count as its visitor has them: twenty', async () => {
    const many = await program(site);
    const open = Array.from({ length: 20 }, () => socket(many, '/room'));
    await Promise.all(open.map(connected));
    assert.equal(await socket(many, '/room').refused(), 'too_many_sockets');
    for (const ear of open) ear.close();
    await waitFor('room for another', async () => {
      const again = socket(many, '/room');
      await waitFor('an answer', () => again.socket.connected || again.refusal);
      return again.socket.connected;
    });
  });

  it('a refused origin is told so: 403 with cross_site in the body, on /socket.io and on /ws', async () => {
    const { host } = new URL(site.url);
    const polling = `GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: ${host}\r\nOrigin: https://evil.example\r\n\r\n`;
    const origin = { Origin: 'https://evil.example' };
    const socketIo = '/socket.io/?EIO=4&transport=websocket';
    for (const request of [polling, upgradeHead(site.url, socketIo, origin), upgradeHead(site.url, '/ws', origin)]) {
      const wire = new Wire(site.port);
      wire.send(request);
      await waitFor('a body', () => wire.heard.includes('"cross_site"'));
      assert.equal(wire.status, 403);
      assert.match(wire.heard, /\r\n\r\n\{"error":\{"code":"cross_site","message":"[^"]+"\}\}/);
      wire.cut();
    }
  });

  it('who has a token is somebody to write to, also without a connection', async () => {
    const friend = await someone(site);
    const sent = await friend.visitor.agent.post(`/api/messages/send/${bot.visitor.id}`).send({ message: 'hello' });
    assert.equal(sent.status, 201);
  });

  it('making visitors counts as session_ip', async () => {
    const answers = await waitFor('a refusal', async () => {
      const answer = await ask(site, 'POST', '/visitors');
      return answer.status === 201 ? null : answer;
    });
    assert.deepEqual([answers.status, answers.body.error.code], [429, 'rate_limited']);
    assert.ok(Number(answers.headers.get('retry-after')) > 0);
  });

  it('lives a day after its last use, and a week at the most; its connections end with it', async () => {
    const used = async () => (await bot.ask('GET', '/none')).status === 404;
    for (let day = 0; day < 6; day++) {
      clock.pass(DAY - HOUR);
      assert.ok(await used(), `day ${day}`);
    }
    clock.pass(2 * DAY);
    assert.ok(!(await used()));
    const refused = await line({ token: bot.token });
    assert.equal((await refused.hear('error')).code, 'bad_token');
    assert.equal(
      (await site.app.services.tokens.alive([createHash('sha256').update(bot.token).digest('base64url')])).size,
      0,
    );
  });
});
