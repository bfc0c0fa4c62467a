/** Where views/, public/ and locales/ are: the folder of package.json, whether this runs from dist/ or not. */
import { existsSync } from 'node:fs';
import path from 'node:path';

function findRoot(from: string): string {
  if (existsSync(path.join(from, 'package.json'))) return from;
  return findRoot(path.dirname(from));
}

export const ROOT = findRoot(import.meta.dirname);
