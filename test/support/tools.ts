/** Programs beside npm's that tests run: scripts/prepare-tests.mjs finds or installs them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';

/** Programs without which some tests say that they are not run. */
type Optional = 'nginx' | 'caddy' | 'openssl' | 'python' | 'go';

function found(name: string): string | null {
  const file = path.join(ROOT, 'test-results', 'tools.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string | null>)[name] ?? null;
}

/** The path of a program. @throws when the preparation did not find it. */
export function tool(name: 'browser' | 'redis'): string {
  const file = found(name);
  if (!file) throw new Error(`${name} was not found: run npm run pretest`);
  return file;
}

/** The paths of programs, if all are there; else null, after a line that says what is not run without them. */
export function toolsFor<Name extends Optional>(what: string, ...names: Name[]): Record<Name, string> | null {
  const missing = names.filter((name) => !found(name));
  if (missing.length === 0) return Object.fromEntries(names.map((name) => [name, found(name)])) as Record<Name, string>;
  process.stdout.write(`      ${what}: not run, for ${missing.join(' and ')} is not here\n`);
  return null;
}
