/**
 * Files that no message names: what a crash, or another node, left behind. They go to the quarantine at start and every
 * hour. Where so many have no message that the wrong database is likelier than a crash, or where the folder belongs to
 * another database, nothing is touched until the operator has decided: the log says what is where and what to do.
 */
import type { Clock } from '../database/clock.js';
import type { Log } from '../site/log.js';
import type { Timers } from '../work/timers.js';
import type { ImageStore, Survey } from './image-store.js';
import type { Quarantine } from './quarantine.js';
import { ORPHAN_MS, type Uploads } from './uploads.js';
import type { UploadsIdentity } from './uploads-identity.js';

const SWEEP_MS = 3_600_000;
/** Files without a message that a crash may leave; more are too many if they are over half of all of their kind. */
const HANDFUL = 20;

interface Deps {
  /** The images of every kind of owner. */
  images: ImageStore[];
  identity: UploadsIdentity;
  quarantine: Quarantine;
  uploads: Uploads;
  timers: Timers;
  clock: Clock;
  log: Log;
  /** No other process uses this database: a file that no message names at start is of no use to anybody. */
  exclusive: boolean;
  /** The identity that the operator has confirmed (UPLOADS_ADOPT). */
  adopted: string | null;
  /** Where the database is, for the log: without a password. */
  databaseAt: string;
}

export class Orphans {
  /** Milliseconds since the epoch: nobody in this process is about to name a file that was there before. */
  readonly #born = Date.now();
  /** Why the last sweep touched nothing. */
  #finding: string | null = null;

  constructor(private readonly deps: Deps) {}

  /** Sweep once, and then every hour. */
  async start(): Promise<void> {
    await this.sweep(this.deps.exclusive ? this.#born : undefined);
    this.deps.timers.every(SWEEP_MS, () => this.sweep());
  }

  /**
   * Move files that no message names to the quarantine, and delete what was there for a day; or do neither, and say why.
   * @param before milliseconds since the epoch: a file changed later is left alone, for a message may be on its way to
   * name it.
   */
  async sweep(before = Date.now() - ORPHAN_MS): Promise<void> {
    const { images, quarantine, clock } = this.deps;
    const surveys: [ImageStore, Survey][] = [];
    for (const store of images) surveys.push([store, await store.survey(before)]);
    if (!(await this.#mayTouch(surveys.map(([, survey]) => survey)))) return;
    const now = clock.now();
    for (const [store, { orphans }] of surveys)
      for (const { path, counted } of orphans)
        if ((await quarantine.take(path, now)) && counted) await store.discount(counted.owner, counted.bytes);
    await quarantine.expire();
  }

  /** Whether folder and database belong together. A folder that carries no identity gets one if so. */
  async #mayTouch(surveys: Survey[]): Promise<boolean> {
    const { identity, adopted, log } = this.deps;
    const [ours, theirs] = [await identity.ofDatabase(), await identity.ofFolder()];
    const finding = findingOf(surveys, ours, theirs);
    const isRefused = finding !== null && adopted !== ours;
    if (isRefused && finding !== this.#finding) log.error(this.#advice(surveys, finding, ours));
    if (adopted !== null && finding === null) log.warn('UPLOADS_ADOPT is set and not needed: take it out');
    this.#finding = finding;
    if (!isRefused && theirs !== ours) await identity.mark(ours);
    return !isRefused;
  }

  #advice(surveys: Survey[], finding: string, ours: string): string {
    const { uploads, databaseAt } = this.deps;
    const all = total(surveys);
    return (
      `UPLOADS_DIR (${uploads.dir}) ${finding}: ${all.orphans} of its ${all.files} pictures have no message in the database ` +
      `(${databaseAt}, identity ${ours}). Until this is settled, no picture is erased for want of a message. If UPLOADS_DIR, ` +
      `DATA_DIR or MONGO_URL is the wrong one, or the database came up empty, stop the site and correct that; if they are ` +
      `right, start once with UPLOADS_ADOPT=${ours}: pictures without a message then go to the quarantine for a day`
    );
  }
}

/** What speaks against touching anything; null: nothing. */
function findingOf(surveys: Survey[], ours: string, theirs: string | null): string | null {
  if (theirs !== null && theirs !== ours) return `belongs to another database, of the identity ${theirs}`;
  const areTooMany = (survey: Survey) => total([survey]).orphans > HANDFUL && mostAreOrphans([survey]);
  if (surveys.some(areTooMany)) return 'has lost most of its messages';
  if (theirs === null && mostAreOrphans(surveys)) return 'carries no identity yet, and does not look like its own';
  return null;
}

function mostAreOrphans(surveys: Survey[]): boolean {
  const { files, orphans } = total(surveys);
  return orphans * 2 > files;
}

function total(surveys: Survey[]): { files: number; orphans: number } {
  const sum = (numbers: number[]) => numbers.reduce((all, number) => all + number, 0);
  return {
    files: sum(surveys.map(({ files }) => files)),
    orphans: sum(surveys.flatMap(({ orphans }) => orphans.map(({ files }) => files))),
  };
}
