/** Programs beside npm's that tests run: scripts/prepare-tests.mjs finds or installs them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';

/** The path of a program. @throws when the preparation did not find it. */
export function tool(name: 'browser' | 'redis'): string {
  const file = path.join(ROOT, 'test-results', 'tools.json');
  const found = (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string | null>)[name];
  if (!found) throw new Error(`${name} was not found: run npm run pretest`);
  return found;
}
