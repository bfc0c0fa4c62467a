/** No package of a version with a known hole may come back: the lock file against the lowest versions to accept. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';
import { FORBIDDEN, MINIMUMS } from '../support/minimums.js';

type Lock = { packages: Record<string, { version?: string }> };

/** Every copy of every package, however deep: its name, version and place. */
function copies(lock: Lock): { name: string; version: string; place: string }[] {
  return Object.entries(lock.packages).flatMap(([place, { version }]) => {
    const name = place.split('node_modules/').at(-1) ?? '';
    return place === '' || version === undefined ? [] : [{ name, version, place }];
  });
}

const numbers = (version: string) => (version.split('-')[0] ?? '').split('.').map(Number);

/** Whether a version is older than another. A pre-release counts as older than its release. */
function older(version: string, minimum: string): boolean {
  const [have, want] = [numbers(version), numbers(minimum)];
  for (let at = 0; at < 3; at++) if ((have[at] ?? 0) !== (want[at] ?? 0)) return (have[at] ?? 0) < (want[at] ?? 0);
  return version.includes('-') && !minimum.includes('-');
}

describe('versions in the lock file', () => {
  const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const all = copies(lock);

  for (const [name, { minimum, why }] of Object.entries(MINIMUMS)) {
    it(`${name} is ${minimum} or newer in every copy (${why})`, () => {
      const found = all.filter((copy) => copy.name === name);
      const low = found.filter(({ version }) => older(version, minimum));
      assert.deepEqual(low, [], `${name} below ${minimum}: ${why}`);
    });
  }

  for (const [name, { version, why }] of Object.entries(FORBIDDEN)) {
    it(`${name} is never ${version} (${why})`, () => {
      assert.deepEqual(
        all.filter((copy) => copy.name === name && copy.version === version),
        [],
      );
    });
  }

  it('the table speaks of what is really installed', () => {
    const names = new Set(all.map(({ name }) => name));
    const optional = ['serve-static', 'file-type', 'express-rate-limit', '@socket.io/redis-streams-adapter', 'argon2'];
    const missing = Object.keys(MINIMUMS).filter((name) => !names.has(name) && !optional.includes(name));
    assert.deepEqual(missing, []);
  });

  it('an older one would be found, in any copy', () => {
    assert.ok(older('8.22.9', '8.23.0') && older('8.23.0-rc.1', '8.23.0') && older('7.99.99', '8.0.0'));
    assert.ok(!older('8.23.0', '8.23.0') && !older('8.23.10', '8.23.9') && !older('9.0.0', '8.23.0'));
    const nested = { packages: { '': {}, 'node_modules/a/node_modules/ws': { version: '8.21.3' } } };
    assert.deepEqual(copies(nested), [{ name: 'ws', version: '8.21.3', place: 'node_modules/a/node_modules/ws' }]);
  });
});
