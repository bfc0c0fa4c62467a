/**
 * The operator's own page: sign-in with ADMIN_PASSWORD, sessions that end like the desk's, what is open, and the audit list.
 * No message is ever read here.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { trusted } from 'mongoose';
import type { AdminDeed, AdminSession, Deed } from '../../schemas/admin/admin.js';
import type { Models } from '../../schemas/models.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { Clock } from '../database/clock.js';
import type { Passwords } from '../people/passwords.js';
import type { Rooms } from '../rooms/rooms.js';
import type { Config } from '../site/config.js';

/** A use of a session is stored only if it extends the session by this share of the idle time. */
const TOUCH_SHARE = 0.05;
const ROOMS_MAX = 200;
const DEEDS_MAX = 50;

interface Deps {
  models: Models;
  clock: Clock;
  passwords: Passwords;
  rooms: Rooms;
  config: Config;
}

export class Admin {
  constructor(private readonly deps: Deps) {}

  /** Whether there is such a page at all. */
  get open(): boolean {
    return this.deps.config.adminPassword !== null;
  }

  /** Whether a text is ADMIN_PASSWORD. @throws AppError busy. */
  async passwordMatches(given: string): Promise<boolean> {
    const { passwords, config } = this.deps;
    const { adminPassword } = config;
    if (adminPassword === null) return false;
    if (adminPassword.startsWith('$argon2id$')) return passwords.matches(adminPassword, given);
    return timingSafeEqual(digest(adminPassword.normalize('NFC')), digest(given.normalize('NFC')));
  }

  /** @param session the hash of the new session id. */
  async signIn(session: string): Promise<void> {
    const { models, clock, config } = this.deps;
    const { idleMs, shiftMs } = config.consult;
    await models.AdminSession.create({
      _id: session,
      bornAt: clock.date(),
      until: clock.date(Math.min(idleMs, shiftMs)),
    });
    await this.note('signed_in');
  }

  async signOut(session: string): Promise<void> {
    const { deletedCount } = await this.deps.models.AdminSession.deleteOne({ _id: session });
    if (deletedCount > 0) await this.note('signed_out');
  }

  /** Whether this session is signed in. It is a use of it, which extends it. */
  async isSignedIn(session: string): Promise<boolean> {
    const { models, clock, config } = this.deps;
    const { idleMs, shiftMs } = config.consult;
    const found = await models.AdminSession.findOne({
      _id: session,
      until: trusted({ $gt: clock.date() }),
    }).lean<AdminSession>();
    if (!found || !this.open) return false;
    const until = Math.min(clock.now() + idleMs, found.bornAt.getTime() + shiftMs);
    if (until - found.until.getTime() > idleMs * TOUCH_SHARE)
      await models.AdminSession.updateOne({ _id: session }, { $set: { until: new Date(until) } });
    return true;
  }

  /** Close a room for everybody in it. @throws AppError room_not_found, room_closed. */
  async closeRoom(id: string): Promise<void> {
    const { rooms } = this.deps;
    const { title } = await rooms.find(id);
    if (await rooms.close(id, 'admin')) await this.note('room_closed', title);
  }

  async note(deed: Deed, subject?: string): Promise<void> {
    const { models, clock } = this.deps;
    await models.AdminDeed.create({ deed, at: clock.date(), ...(subject !== undefined && { subject }) });
  }

  /** The newest open rooms with their people, bytes of pictures and age; disk and budget; the latest deeds. */
  async overview() {
    const { models, config, rooms } = this.deps;
    const [open, all, deeds, budget, disk] = await Promise.all([
      models.Room.find({ state: 'open' }).sort({ createdAt: -1 }).limit(ROOMS_MAX).lean<Room[]>(),
      rooms.pulse(),
      models.AdminDeed.find().sort({ at: -1 }).limit(DEEDS_MAX).lean<AdminDeed[]>(),
      models.ImageBudget.findOne().lean<{ bytes: number }>(),
      statfs(config.uploadsDir).catch(() => null),
    ]);
    const views = await Promise.all(open.map((room) => this.#roomView(room)));
    return {
      rooms: views,
      more: Math.max(0, all.rooms - views.length),
      deeds: deeds.map(({ deed, subject, at }) => ({ deed, subject, at: at.toISOString() })),
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

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
