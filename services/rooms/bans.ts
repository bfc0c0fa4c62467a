/**
 * Who is kept out of a room: by visitor (a session has one, and keeps it), and, where the host wants it, by address. Asked
 * of the store by every way in, and again after a seat was taken: `guarded` of the room says whether there is anything to
 * ask, and is written before the ban.
 */
import { createHash, randomBytes } from 'node:crypto';
import { trusted } from 'mongoose';
import type { BanView } from '../../schemas/rooms/contract.js';
import type { Models } from '../../schemas/models.js';
import { banView } from '../../schemas/rooms/ban.js';
import type { Room } from '../../schemas/rooms/room.js';
import type { Person } from '../../schemas/people/contract.js';
import type { Clock } from '../database/clock.js';
import { addressIn } from '../site/addresses.js';
import { AppError } from '../site/errors.js';
import { roleOf } from './rights.js';

/** Bans that a list shows. */
const LIST_MAX = 500;

/** Whom a ban is looked for: a visitor, and the room's hash of an address, if it is known. */
export interface Newcomer {
  visitor: string;
  address?: string | null | undefined;
}

interface Deps {
  models: Models;
  clock: Clock;
}

export const newSalt = (): string => randomBytes(16).toString('base64url');

/** What a ban keeps of an address: of use with this room's salt only, which is erased with the room. */
const salted = (room: Pick<Room, 'salt'>, address: string): string =>
  createHash('sha256')
    .update(`${room.salt ?? ''} ${address}`)
    .digest('base64url')
    .slice(0, 22);

export class Bans {
  constructor(private readonly deps: Deps) {}

  /** Of these, the ids of those who are banned. One question at the most. */
  async among(room: Room, newcomers: Newcomer[]): Promise<Set<string>> {
    const asked = newcomers.filter(({ visitor }) => room.owner !== visitor);
    if (!room.guarded || asked.length === 0) return new Set();
    const hashOf = ({ visitor, address }: Newcomer) =>
      address && roleOf(room, visitor, 'none') === 'none' ? salted(room, address) : undefined;
    const found = await this.deps.models.Ban.find({
      room: String(room._id),
      $or: [
        { visitor: trusted({ $in: asked.map(({ visitor }) => visitor) }) },
        { address: trusted({ $in: asked.flatMap((newcomer) => hashOf(newcomer) ?? []) }) },
      ],
    }).lean();
    const visitors = new Set(found.map(({ visitor }) => visitor));
    const addresses = new Set(found.map(({ address }) => address));
    const isBanned = (newcomer: Newcomer) =>
      visitors.has(newcomer.visitor) || (hashOf(newcomer) !== undefined && addresses.has(hashOf(newcomer)));
    return new Set(asked.filter(isBanned).map(({ visitor }) => visitor));
  }

  /** Whether a visitor was banned by name, asked for the words of a refusal. */
  async names(room: string, visitor: string): Promise<boolean> {
    return (await this.deps.models.Ban.exists({ room, visitor })) !== null;
  }

  /** Whether a room keeps a visitor out. @param address from where, as limits count it. */
  async keepsOut(room: Room, visitor: string, address?: string): Promise<boolean> {
    const inRoom = address === undefined ? undefined : addressIn(String(room._id), address);
    return (await this.among(room, [{ visitor, address: inRoom }])).has(visitor);
  }

  /** The same as an error. @throws AppError banned. */
  async refuse(room: Room, visitor: string, address?: string): Promise<void> {
    if (await this.keepsOut(room, visitor, address)) throw new AppError('banned');
  }

  /** Keep a person out. @param address the room's hash of one, to keep everybody behind it out. @returns the ban. */
  async add(room: Room, { id, name, color }: Person, address: string | null): Promise<BanView> {
    const ban = await this.deps.models.Ban.findOneAndUpdate(
      { room: String(room._id), visitor: id },
      {
        $set: { name, color, ...(address !== null && { address: salted(room, address) }) },
        $setOnInsert: { createdAt: this.deps.clock.date() },
      },
      { upsert: true, returnDocument: 'after' },
    ).lean();
    return banView(ban);
  }

  /** Who is kept out of a room, the latest first. */
  async list(room: string): Promise<BanView[]> {
    const bans = await this.deps.models.Ban.find({ room }).sort({ createdAt: -1 }).limit(LIST_MAX).lean();
    return bans.map(banView);
  }

  /** Let somebody in again, if the door does. @throws AppError person_not_found. */
  async lift(room: string, ban: string): Promise<void> {
    const { deletedCount } = await this.deps.models.Ban.deleteOne({ _id: ban, room });
    if (deletedCount === 0) throw new AppError('person_not_found');
  }

  /** Delete the bans of a room that has ended. */
  async erase(room: string): Promise<void> {
    await this.deps.models.Ban.deleteMany({ room });
  }
}
