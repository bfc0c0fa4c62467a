/** Dockerfile and compose.yaml, read: what a container is given, and how it ends. The steps are done in test/chaos/image.chaos.ts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { parseConfig } from '../../services/site/config.js';
import { ROOT } from '../../services/site/root.js';
import { execForm, stages } from '../support/dockerfile.js';

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

interface Compose {
  services: Record<
    string,
    {
      profiles?: string[];
      environment?: Record<string, string | null>;
      ports?: string[];
      volumes?: string[];
      depends_on?: Record<string, { required?: boolean }>;
      stop_grace_period?: string;
      mem_limit?: string;
    }
  >;
}

/** Fixed in the image, said by `ports`, or of `npm run store` alone. */
const NOT_PASSED = ['HOST', 'PORT', 'DATA_DIR', 'UPLOADS_DIR', 'STORE_HOST', 'STORE_PORT', 'STORE_SECRET'];

describe('compose.yaml', () => {
  const { services } = parse(read('compose.yaml')) as Compose;
  const site = services['site']!;

  it('passes on every setting of .env.example, and none that there is not', () => {
    const settings = [...read('.env.example').matchAll(/^# ([A-Z][A-Z_]+)=/gm)].flatMap(([, name]) => name ?? []);
    assert.deepEqual(
      Object.keys(site.environment ?? {}).sort(),
      settings.filter((name) => !NOT_PASSED.includes(name)).sort(),
    );
    for (const [name, value] of Object.entries(site.environment ?? {}))
      assert.ok(value === null || value.startsWith(`\${${name}`), `${name} is not passed on`);
    for (const name of ['HOST', 'PORT']) assert.match(site.ports?.join() ?? '', new RegExp(`\\$\\{${name}:-`));
    // An empty value counts as unset: what nobody sets is passed on as nothing.
    assert.ok(parseConfig(Object.fromEntries(settings.map((name) => [name, '']))));
  });

  it('starts one container with one volume; MongoDB and Redis are asked for by name', () => {
    assert.deepEqual(
      Object.entries(services).flatMap(([name, { profiles }]) => (profiles ? [] : [name])),
      ['site'],
    );
    assert.equal(site.volumes?.length, 1);
    for (const needed of Object.values(site.depends_on ?? {})) assert.equal(needed.required, false);
  });

  it('lets the site end before it kills it, and limits its memory', () => {
    const drain = /const END_MS = ([\d_]+);/.exec(read('app.ts'))?.[1]?.replaceAll('_', '');
    assert.ok(parseInt(site.stop_grace_period ?? '0', 10) * 1000 > Number(drain));
    for (const [name, service] of Object.entries(services)) assert.match(service.mem_limit ?? '', /^\d+[mg]$/, name);
  });
});

describe('Dockerfile', () => {
  const [build, image] = stages();
  const of = (name: string) => image?.filter((step) => step.name === name) ?? [];

  it('installs packages before it takes the source', () => {
    const order = build?.map(({ name, rest }) => `${name} ${rest}`) ?? [];
    const at = (text: string) => order.findIndex((step) => step.startsWith(text));
    assert.ok(at('COPY package.json package-lock.json') < at('RUN npm ci'));
    assert.ok(at('RUN npm ci') < at('COPY . .'));
    assert.match(order[at('RUN npm ci')] ?? '', /--ignore-scripts/); // there is nothing to build yet
  });

  it('runs as nobody in particular, without a shell, and takes signals itself', () => {
    assert.deepEqual(of('RUN'), []);
    assert.match(of('USER')[0]?.rest ?? '', /^[1-9]\d*$/);
    const command = [...execForm(of('ENTRYPOINT')[0]?.rest ?? ''), ...execForm(of('CMD')[0]?.rest ?? '')];
    assert.deepEqual([path.basename(command[0] ?? ''), command[1]], ['node', 'dist/app.js']);
  });

  it('asks for its health, and gives a start time', () => {
    const [health] = of('HEALTHCHECK');
    assert.match(health?.options['start-period'] ?? '', /^\d+s$/);
    assert.match(execForm(health?.rest.replace(/^CMD /, '') ?? '').join(' '), /\/readyz/);
  });

  it('keeps data in its one volume, with an owner who may write there', () => {
    const volumes = execForm(of('VOLUME')[0]?.rest ?? '');
    const env = Object.fromEntries(
      of('ENV')[0]
        ?.rest.split(' ')
        .map((pair) => pair.split('=')) ?? [],
    );
    for (const key of ['DATA_DIR', 'UPLOADS_DIR'])
      assert.ok(
        volumes.some((volume) => `${env[key] as string}/`.startsWith(`${volume}/`)),
        key,
      );
    const kept = of('COPY').find(({ rest }) => rest.endsWith(` ${volumes[0] ?? ''}`));
    assert.equal(kept?.options['chown']?.split(':')[0], of('USER')[0]?.rest);
  });
});
