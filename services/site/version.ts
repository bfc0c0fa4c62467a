/** Which version of the site this is: its name and number from package.json, and the commit where it can be told. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './root.js';

export interface Version {
  name: string;
  version: string;
  /** From git's files, or from GIT_COMMIT where there are none, as in a container. */
  commit?: string;
}

let known: Version | undefined;

/** Read once. */
export function version(): Version {
  if (known) return known;
  const { name, version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Version;
  const commit = process.env['GIT_COMMIT'] || commitOf(path.join(ROOT, '.git'));
  known = { name, version, ...(commit && { commit }) };
  return known;
}

/** The commit that is checked out, or undefined. Read from files, for a server needs no git. */
function commitOf(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  // Of a work tree, .git is a file that says where its folder is.
  const dir = statSync(folder).isFile()
    ? path.resolve(
        ROOT,
        readFileSync(folder, 'utf8')
          .replace(/^gitdir: /, '')
          .trim(),
      )
    : folder;
  const head = read(path.join(dir, 'HEAD'));
  const ref = /^ref: (\S+)$/.exec(head)?.[1];
  if (ref === undefined) return isCommit(head) ? head : undefined;
  const common = path.resolve(dir, read(path.join(dir, 'commondir')) || '.');
  const packed = read(path.join(common, 'packed-refs'))
    .split('\n')
    .find((line) => line.endsWith(` ${ref}`));
  return [read(path.join(common, ref)), packed?.split(' ')[0] ?? ''].find(isCommit);
}

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '');
const isCommit = (text: string): boolean => /^[0-9a-f]{40,64}$/.test(text);
