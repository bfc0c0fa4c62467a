/** The folder of package.json, with views/, public/ and locales/: the same whether the site runs from dist/ or not. */
import { existsSync } from 'node:fs';
import path from 'node:path';

function findRoot(from: string): string {
  if (existsSync(path.join(from, 'package.json'))) return from;
  return findRoot(path.dirname(from));
}

export const ROOT = findRoot(import.meta.dirname);
