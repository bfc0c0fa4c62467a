/** The thread that hashes passwords ends after a minute without one: whoever comes in that moment is answered all the same. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** In a process of its own, whose minute is over when the script says so. */
const SCRIPT = `
  (async () => {
  const { setTimeout: later } = globalThis;
  const minutes = [];
  globalThis.setTimeout = (act, ms, ...args) => {
    if (ms !== 60_000) return later(act, ms, ...args);
    minutes.push(act);
    return later(act, 3_600_000);
  };
  const { Passwords } = await import(process.argv[1]);
  const passwords = new Passwords();
  const from = { group: 'address', member: 'visitor' };
  const encoded = await passwords.hash('open sesame', from);
  const asked = passwords.matches(encoded, 'open sesame', from);
  minutes[0](); // a machine that slept: the answer is on its way
  const during = await asked;
  minutes[0]();
  const after = await passwords.matches(encoded, 'open sesame', from);
  minutes[1]();
  console.log(during, after, minutes.length, await passwords.matches(encoded, 'another', from));
  })();
`;

it('answers a password that comes as the thread ends', async () => {
  const { href } = new URL('../../services/people/passwords.js', import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', SCRIPT, href]);
  assert.equal(stdout.trim(), 'true true 2 false');
});
