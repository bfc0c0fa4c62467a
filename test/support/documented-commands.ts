/**
 * The commands of the documents for operators and for authors of programs: every box of `sh` says, in a comment before it, how it is tested.
 * `run`: in a copy of the project (`site running`, `site stopped`: what must be so before it); `in full`: in a clone of
 * its own, because it installs; `systemd`, `docker`, `parsed`: read by a shell without running them, here.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../services/site/root.js';

export const DOCUMENTS = [
  'README.md',
  ...['operations', 'containers', 'proxies', 'programs'].map((name) => `docs/${name}.md`),
];
export const MARKS = [
  ...['run', 'run, site running', 'run, site stopped', 'in full'],
  ...['systemd', 'docker', 'parsed'],
] as const;
type Mark = (typeof MARKS)[number];

export interface Box {
  /** File and line. */
  at: string;
  /** What its comment says; null where it has none. */
  mark: Mark | null;
  commands: string[];
}

const BOX = /(?:<!-- commands: ([^>]*?) -->\n\s*)?```sh\n([\s\S]*?)```/g;

/** Every box of a document, in order. */
export function boxesOf(document: string): Box[] {
  const text = readFileSync(path.join(ROOT, document), 'utf8');
  return [...text.matchAll(BOX)].map(({ 1: mark, 2: body = '', index }) => ({
    at: `${document}:${text.slice(0, index).split('\n').length}`,
    mark: MARKS.find((known) => known === mark) ?? null,
    commands: body.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')),
  }));
}
