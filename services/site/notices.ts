/**
 * What the operator tells everybody: an announcement on all pages, and maintenance, in which no new rooms are made. Every
 * node keeps it in memory, for each page asks; it reads it anew when one has changed it (`operator.acted`) and every few
 * seconds, in case it did not hear.
 */
import type { Models } from '../../schemas/models.js';
import type { NoticesDoc } from '../../schemas/site/notices.js';
import type { Timers } from '../work/timers.js';
import { AppError } from './errors.js';
import type { EventBus } from './events.js';

declare module './events.js' {
  interface DomainEvents {
    /** The operator has changed a notice, or whom the site keeps out: every node reads it anew. */
    'operator.acted': [];
    /** This node has read another announcement; null: none any more. */
    'announcement.changed': [text: string | null];
  }
}

const SITE = 'site';
/** Milliseconds after which a node that heard nothing reads the operator's decisions anew. */
export const REREAD_MS = 5_000;
/** Seconds after which it makes sense to try again for a room. */
const MAINTENANCE_SECONDS = 300;

interface Deps {
  models: Models;
  events: EventBus;
  timers: Timers;
}

export class Notices {
  #announcement: string | null = null;
  #maintenance = false;
  /** Reads so far, and the one that is shown: an older answer that comes later counts no more. */
  #reads = 0;
  #shown = 0;

  constructor(private readonly deps: Deps) {}

  /** What stands on every page now; null: nothing. */
  get announcement(): string | null {
    return this.#announcement;
  }

  /** Whether no new rooms are made now. */
  get maintenance(): boolean {
    return this.#maintenance;
  }

  /** Read them for the first time, and then again and again. */
  async start(): Promise<void> {
    await this.load();
    this.deps.timers.every(REREAD_MS, () => this.load());
  }

  /** Read what stands in the database now, and announce what is new of it. */
  async load(): Promise<void> {
    const read = ++this.#reads;
    const found = await this.deps.models.Notices.findOne({ _id: SITE }).lean<NoticesDoc>();
    if (read < this.#shown) return;
    this.#shown = read;
    this.#maintenance = found?.maintenance ?? false;
    const announcement = found?.announcement ?? null;
    if (announcement === this.#announcement) return;
    this.#announcement = announcement;
    this.deps.events.announce('announcement.changed', announcement);
  }

  /** Show a text on every page, in place of an earlier one; null: none. */
  async announce(text: string | null): Promise<void> {
    await this.#write(text === null ? { $unset: { announcement: 1 } } : { $set: { announcement: text } });
  }

  /** Begin or end maintenance. */
  async maintain(on: boolean): Promise<void> {
    await this.#write({ $set: { maintenance: on } });
  }

  /** @throws AppError maintenance. */
  demandNoMaintenance(): void {
    if (this.#maintenance) throw new AppError('maintenance', { retryAfter: MAINTENANCE_SECONDS });
  }

  async #write(update: object): Promise<void> {
    await this.deps.models.Notices.updateOne({ _id: SITE }, update, { upsert: true });
    await this.load();
    this.deps.events.announce('operator.acted');
  }
}
