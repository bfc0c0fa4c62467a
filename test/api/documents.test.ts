/** What the site says of itself to programs: whole, valid, and of every route, event and frame that there is. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ROOT } from '../../services/site/root.js';
import { outdated } from '../../scripts/documents.js';
import { viewSchemas } from '../../scripts/view-schemas.js';
import { startLine } from '../support/line.js';
import { ask } from '../support/program.js';
import { startSite, type TestSite } from '../support/site.js';
import { arrive, type TestVisitor } from '../support/visitor.js';
import { eventsOf, framesOf, namespacesOf, routesOf } from '../support/wall/surface.js';

const require = createRequire(import.meta.url);

interface AsyncApi {
  channels: Record<string, { address: string; messages: Record<string, { name: string; payload: object }> }>;
  components: { schemas: object };
}

describe('what the site says of itself to programs', () => {
  let site: TestSite;
  let visitor: TestVisitor;
  before(async () => {
    site = await startSite({ LIMITS: 'off' });
    visitor = await arrive(site);
  });
  after(async () => {
    visitor.leaveAll();
    await site.close();
  });

  const received = ({ messages }: AsyncApi['channels'][string]) =>
    Object.entries(messages).flatMap(([key, { name }]) => (key.startsWith('received.') ? [name] : []));

  it('docs/errors.md, openapi.json and asyncapi.json are as the source has it: else `npm run documents`', () => {
    assert.deepEqual(outdated(), []);
  });

  it('schemas/api/view-schemas.ts is as the contract has it: else `npm run documents`', () => {
    assert.equal(readFileSync(path.join(ROOT, 'schemas/api/view-schemas.ts'), 'utf8'), viewSchemas());
  });

  it('OpenAPI 3.1: valid, served to anybody, and with each route of /api/v1, no more', async () => {
    const { status, body } = await ask(site, 'GET', '/openapi.json');
    assert.equal(status, 200);
    assert.match(body.openapi as string, /^3\.1\./);
    const checked = await new Validator().validate(structuredClone(body) as Record<string, unknown>);
    assert.ok(checked.valid, JSON.stringify(checked.errors));
    const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} /api/v1${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    const routes = (await routesOf(site)).filter((route) => route.includes(' /api/v1/'));
    assert.deepEqual(described.sort(), routes);
  });

  it('AsyncAPI 3: valid, served to anybody, and with each event and frame that clients may send, no more', async () => {
    const { status, body } = await ask(site, 'GET', '/asyncapi.json');
    assert.equal(status, 200);
    assert.match(body.asyncapi as string, /^3\./);
    const ajv = new Ajv({
      strict: false,
      allErrors: true,
      validateFormats: false,
      logger: false,
      meta: false,
      validateSchema: false,
    });
    const isValid = ajv.compile(require('@asyncapi/specs/schemas/3.0.0.json') as object);
    assert.ok(isValid(body), JSON.stringify(isValid.errors?.slice(0, 5)));
    const channels = Object.values((body as AsyncApi).channels);
    for (const namespace of namespacesOf(site)) {
      const channel = channels.find(({ address }) => address === namespace);
      const ear = await visitor.listen(namespace);
      assert.deepEqual(received(channel!).sort(), eventsOf(site, namespace, ear), namespace);
      ear.close();
    }
    assert.deepEqual(received((body as AsyncApi).channels['gateway']!).sort(), framesOf());
  });

  it('every event and frame that the site sends is as it says', async () => {
    const { body } = await ask(site, 'GET', '/asyncapi.json');
    const { channels, components } = body as AsyncApi;
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
    ajv.addSchema({ $id: 'api', components });
    const holds = (key: string, name: string, value: unknown) => {
      const payload = channels[key]?.messages[name]?.payload;
      assert.ok(payload, `${key} ${name} is not described`);
      const validate = ajv.compile(JSON.parse(JSON.stringify(payload).replaceAll('"#/', '"api#/')) as object);
      assert.ok(validate(value), `${key} ${name}: ${JSON.stringify(validate.errors)} ${JSON.stringify(value)}`);
    };
    const list = await visitor.listen('/room');
    const { _id } = await visitor.createRoom({ title: 'Described' });
    const ear = await visitor.listen();
    holds('chat', 'acknowledged.join', await ear.join(_id));
    holds('chat', 'acknowledged.post', await ear.ask('post', { room: _id, chat: 'a text' }));
    holds('chat', 'acknowledged.post', await ear.ask('post', { room: _id, chat: '' }));
    await ear.hear('chat');
    const lobby = await visitor.listen('/lobby');
    holds('lobby', 'acknowledged.join', await lobby.ask('join', 'Described'));
    holds('lobby', 'acknowledged.sendMessage', await lobby.ask('sendMessage', 'hello'));
    await lobby.hear('users');
    const raw = await startLine(visitor);
    raw.send({ type: 'token' });
    raw.send({ type: 'none' });
    await raw.hear('token');
    await raw.hear('error');
    await visitor.remove(_id);
    await ear.hear('closed');
    await list.hear('removeRoom');
    for (const [key, { heard }] of [
      ['room', list],
      ['chat', ear],
      ['lobby', lobby],
    ] as const)
      for (const { event, args } of heard) holds(key, `sent.${event}`, args[0]);
    for (const frame of raw.frames) holds('gateway', `sent.${frame.type}`, frame);
    raw.drop();
  });
});
