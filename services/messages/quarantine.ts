/**
 * The quarantine: where files go that no message names, inside the uploads and never served, and which they leave after a
 * day. Each sweep has a folder of its own there, named by its time, with the files under the paths that they had: moving
 * one back is one command.
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../database/clock.js';
import { noneIfMissing } from '../site/missing.js';
import type { Uploads } from './uploads.js';

const FOLDER = '.quarantine';
/** Milliseconds in which an operator may take a file back. */
const KEPT_MS = 24 * 3_600_000;

interface Deps {
  uploads: Uploads;
  clock: Clock;
}

export class Quarantine {
  constructor(private readonly deps: Deps) {}

  /**
   * Move a file, or a folder, here.
   * @param moved its path below the uploads.
   * @param now milliseconds: what one sweep moves is kept together.
   * @returns whether it was still there.
   */
  async take(moved: string, now: number): Promise<boolean> {
    const target = path.join(this.#dir, nameOf(now), moved);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    return rename(path.join(this.deps.uploads.dir, moved), target).then(() => true, noneIfMissing(false));
  }

  /** Delete what was kept of one path: its owner has ended, with everything that belonged to it. */
  async forget(moved: string): Promise<void> {
    for (const sweep of await this.#sweeps()) await remove(path.join(this.#dir, sweep, moved));
  }

  /** Delete what has been here for a day. */
  async expire(): Promise<void> {
    const limit = nameOf(this.deps.clock.now() - KEPT_MS);
    for (const sweep of await this.#sweeps()) if (sweep < limit) await remove(path.join(this.#dir, sweep));
  }

  get #dir(): string {
    return path.join(this.deps.uploads.dir, FOLDER);
  }

  async #sweeps(): Promise<string[]> {
    return readdir(this.#dir).catch(noneIfMissing<string[]>([]));
  }
}

/** The name of a sweep's folder; names sort as their times do. */
const nameOf = (ms: number): string => new Date(ms).toISOString().replaceAll(':', '-');

const remove = (file: string): Promise<void> => rm(file, { recursive: true, force: true });
