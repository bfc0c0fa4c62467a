/**
 * Whom the operator keeps out of the whole site for a time: a visitor, or everybody at an address, of which a salted hash is
 * kept. Every door asks, with each request and connection, so each node keeps the list in memory; it is read anew when one
 * has changed it and every few seconds. A ban ends by itself.
 */
import { createHash, randomBytes } from 'node:crypto';
import { trusted } from 'mongoose';
import type { Models } from '../../schemas/models.js';
import type { Person } from '../../schemas/people/contract.js';
import type { SiteBan } from '../../schemas/people/site-ban.js';
import type { NoticesDoc } from '../../schemas/site/notices.js';
import type { Clock } from '../database/clock.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { AppError } from '../site/errors.js';
import type { EventBus } from '../site/events.js';
import { REREAD_MS } from '../site/notices.js';
import type { Timers } from '../work/timers.js';

declare module '../site/events.js' {
  interface DomainEvents {
    /** This node has read that somebody is kept out who was not: their connections are to be cut. */
    'site.banned': [];
  }
}

const SITE = 'site';
/** Bans in force at once: a list that every request is compared with. */
const BANS_MAX = 1_000;

interface Deps {
  models: Models;
  clock: Clock;
  events: EventBus;
  timers: Timers;
}

/** A ban as the operator's list shows it. `person` is null for an address. */
export interface SiteBanView {
  _id: string;
  person: Pick<Person, 'name' | 'color'> | null;
  until: string;
}

export class SiteBans {
  /** Key -> when it ends, in milliseconds. */
  #bans = new Map<string, number>();
  #hasAddresses = false;
  #salt = '';
  /** Reads so far, and the one that `#bans` is of: an older answer that comes later counts no more. */
  #reads = 0;
  #shown = 0;

  constructor(private readonly deps: Deps) {}

  /** Read them for the first time, and then again and again. */
  async start(): Promise<void> {
    const { models, timers } = this.deps;
    await models.Notices.updateOne(
      { _id: SITE, salt: trusted({ $exists: false }) },
      { $set: { salt: randomBytes(16).toString('base64url') } },
      { upsert: true },
    ).catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error; // there is a salt already
    });
    this.#salt = (await models.Notices.findOne({ _id: SITE }).lean<NoticesDoc>())?.salt ?? '';
    await this.load();
    timers.every(REREAD_MS, () => this.load());
  }

  /** Read what is in force, and announce whether there is somebody new. */
  async load(): Promise<void> {
    const { models, clock, events } = this.deps;
    const read = ++this.#reads;
    const found = await models.SiteBan.find({ until: trusted({ $gt: clock.date() }) })
      .limit(BANS_MAX)
      .lean<SiteBan[]>();
    if (read < this.#shown) return;
    this.#shown = read;
    const before = this.#bans;
    this.#bans = new Map(found.map(({ key, until }) => [key, until.getTime()]));
    this.#hasAddresses = found.some(({ key }) => key.startsWith('address:'));
    if (found.some(({ key }) => !before.has(key))) events.announce('site.banned');
  }

  /** Seconds for which the site keeps out whoever asks; 0: it does not. @param address as limits count it. */
  secondsLeft(visitor: string | null, address: string): number {
    if (this.#bans.size === 0) return 0;
    const keys = [...(visitor === null ? [] : [visitorKey(visitor)]), ...this.#addressKeys(address)];
    const until = Math.max(...keys.map((key) => this.#bans.get(key) ?? 0), 0);
    return Math.max(0, Math.ceil((until - this.deps.clock.now()) / 1000));
  }

  /** The same as an error. @throws AppError site_banned. */
  refuse(visitor: string | null, address: string): void {
    const retryAfter = this.secondsLeft(visitor, address);
    if (retryAfter > 0) throw new AppError('site_banned', { retryAfter });
  }

  /** Keep a visitor out. A ban that is there already lasts from now on. @throws AppError too_many_bans. */
  async banVisitor({ id, name, color }: Person, minutes: number): Promise<void> {
    await this.#add(visitorKey(id), minutes, { name, color });
  }

  /** Keep everybody at an address out. @param address as limits count it. @throws AppError too_many_bans. */
  async banAddress(address: string, minutes: number): Promise<void> {
    await this.#add(this.#addressKey(address), minutes, {});
  }

  /** Let somebody in again before the ban ends. @returns whom; @throws AppError person_not_found. */
  async lift(id: string): Promise<SiteBanView> {
    const found = await this.deps.models.SiteBan.findOneAndDelete({ _id: id }).lean<SiteBan>();
    if (!found) throw new AppError('person_not_found');
    await this.#changed();
    return banView(found);
  }

  /** Who is kept out, the latest first. */
  async list(): Promise<SiteBanView[]> {
    const { models, clock } = this.deps;
    const found = await models.SiteBan.find({ until: trusted({ $gt: clock.date() }) })
      .sort({ createdAt: -1 })
      .limit(BANS_MAX)
      .lean<SiteBan[]>();
    return found.map(banView);
  }

  async #add(key: string, minutes: number, person: Partial<Person>): Promise<void> {
    const { models, clock } = this.deps;
    if (this.#bans.size >= BANS_MAX && !this.#bans.has(key)) throw new AppError('too_many_bans');
    await models.SiteBan.updateOne(
      { key },
      { $set: { ...person, createdAt: clock.date(), until: clock.date(minutes * 60_000) } },
      { upsert: true },
    );
    await this.#changed();
  }

  async #changed(): Promise<void> {
    await this.load();
    this.deps.events.announce('operator.acted');
  }

  #addressKeys(address: string): string[] {
    return this.#hasAddresses ? [this.#addressKey(address)] : [];
  }

  #addressKey(address: string): string {
    return `address:${createHash('sha256').update(`${this.#salt} ${address}`).digest('base64url').slice(0, 22)}`;
  }
}

const visitorKey = (id: string): string => `visitor:${id}`;

const banView = ({ _id, name, color, until }: SiteBan): SiteBanView => ({
  _id: String(_id),
  person: name && color ? { name, color } : null,
  until: until.toISOString(),
});
