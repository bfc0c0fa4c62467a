/**
 * The operator's own page: sign-in with ADMIN_PASSWORD, sessions that end like the desk's, what is open, and the audit list.
 * No message is read here; those that were reported are in reports.ts, what else can be done there is in actions.ts.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { trusted } from 'mongoose';
import type { AdminDeed, AdminSession, Deed } from '../../schemas/admin/admin.js';
import type { Models } from '../../schemas/models.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { Clock } from '../database/clock.js';
import type { Passwords } from '../people/passwords.js';
import type { SiteBans } from '../people/site-bans.js';
import type { Rooms } from '../rooms/rooms.js';
import type { Config } from '../site/config.js';
import type { Notices } from '../site/notices.js';
import type { Party } from '../work/fair-queue.js';

/** A use of a session is stored only if it extends the session by this share of the idle time. */
const TOUCH_SHARE = 0.05;
const ROOMS_MAX = 200;
const DEEDS_MAX = 50;

interface Deps {
  models: Models;
  clock: Clock;
  passwords: Passwords;
  rooms: Rooms;
  notices: Notices;
  siteBans: SiteBans;
  config: Config;
}

export class Admin {
  constructor(private readonly deps: Deps) {}

  /** Whether there is such a page at all. */
  get open(): boolean {
    return this.deps.config.adminPassword !== null;
  }

  /** Whether a text is ADMIN_PASSWORD. @param from whose turn it is. @throws AppError busy. */
  async passwordMatches(given: string, from: Party): Promise<boolean> {
    const { passwords, config } = this.deps;
    const { adminPassword } = config;
    if (adminPassword === null) return false;
    if (adminPassword.startsWith('$argon2id$')) return passwords.matches(adminPassword, given, from);
    return timingSafeEqual(digest(adminPassword.normalize('NFC')), digest(given.normalize('NFC')));
  }

  /** @param session the hash of the new session id. @param name who signs in, for the audit list. */
  async signIn(session: string, name: string): Promise<void> {
    const { models, clock, config } = this.deps;
    const { idleMs, shiftMs } = config.consult;
    await models.AdminSession.create({
      _id: session,
      name,
      bornAt: clock.date(),
      until: clock.date(Math.min(idleMs, shiftMs)),
    });
    await this.note('signed_in', name);
  }

  async signOut(session: string): Promise<void> {
    const found = await this.deps.models.AdminSession.findOneAndDelete({ _id: session }).lean<AdminSession>();
    if (found) await this.note('signed_out', nameOf(found));
  }

  /** Who is signed in with this session; null: nobody. It is a use of the session, which extends it. */
  async who(session: string): Promise<string | null> {
    const { models, clock, config } = this.deps;
    const { idleMs, shiftMs } = config.consult;
    const found = await models.AdminSession.findOne({
      _id: session,
      until: trusted({ $gt: clock.date() }),
    }).lean<AdminSession>();
    if (!found || !this.open) return null;
    const until = Math.min(clock.now() + idleMs, found.bornAt.getTime() + shiftMs);
    if (until - found.until.getTime() > idleMs * TOUCH_SHARE)
      await models.AdminSession.updateOne({ _id: session }, { $set: { until: new Date(until) } });
    return nameOf(found);
  }

  /** Add to the audit list. @param by who did it. @param subject what it was done to. */
  async note(deed: Deed, by: string, subject?: string): Promise<void> {
    const { models, clock } = this.deps;
    await models.AdminDeed.create({ deed, by, at: clock.date(), ...(subject !== undefined && { subject }) });
  }

  /** The newest open rooms with their people, bytes of pictures and age; disk and budget; notices, bans, and the latest deeds. */
  async overview() {
    const { models, config, rooms, notices, siteBans } = this.deps;
    const [open, all, deeds, bans, budget, disk] = await Promise.all([
      models.Room.find({ state: 'open' }).sort({ createdAt: -1 }).limit(ROOMS_MAX).lean<Room[]>(),
      rooms.pulse(),
      models.AdminDeed.find().sort({ at: -1 }).limit(DEEDS_MAX).lean<AdminDeed[]>(),
      siteBans.list(),
      models.ImageBudget.findOne().lean<{ bytes: number }>(),
      statfs(config.uploadsDir).catch(() => null),
    ]);
    const views = await Promise.all(open.map((room) => this.#roomView(room)));
    return {
      rooms: views,
      more: Math.max(0, all.rooms - views.length),
      deeds: deeds.map(({ deed, by, subject, at }) => ({ deed, by, subject, at: at.toISOString() })),
      bans,
      announced: notices.announcement,
      images: { bytes: budget?.bytes ?? 0, budget: config.uploadsBudgetBytes },
      free: disk ? disk.bavail * disk.bsize : null,
    };
  }

  async #roomView({ _id, title, max, locked, imageBytes, createdAt }: Room) {
    const { models } = this.deps;
    const room = String(_id);
    const [people, messages] = await Promise.all([
      models.Seat.countDocuments({ room }),
      models.Chat.countDocuments({ room }),
    ]);
    return { _id: room, title, max, locked, people, messages, bytes: imageBytes, createdAt: createdAt.toISOString() };
  }
}

/** Sign-ins of earlier versions have no name. */
const nameOf = ({ name }: AdminSession): string => name ?? 'admin';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
