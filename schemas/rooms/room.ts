/** A room: its title, how many seats it has, and since when it has been empty. */
import { Schema, type InferSchemaType, type Types } from 'mongoose';
import type { MemberRoomView, NoticeKind, NoticeView, Roles, RoomView } from './contract.js';
import type { Person } from '../people/contract.js';
import { STRICT } from '../site/strict.js';

/** What those in charge did: services/rooms/notices.ts. */
const noticeSchema = new Schema<{ what: NoticeKind; count?: number | null; at: Date }>(
  {
    what: { type: String, required: true },
    count: { type: Number },
    at: { type: Date, required: true },
  },
  { ...STRICT, _id: false },
);

export const roomSchema = new Schema(
  {
    title: { type: String, required: true },
    max: { type: Number, required: true },
    /** The visitor id of the host. */
    owner: { type: String, required: true },
    /** The visitor ids of the helpers; rooms of earlier versions have none. */
    helpers: { type: [String], default: undefined },
    /** The host left for good while nobody was there: whoever comes next is host. */
    hostGone: { type: Boolean },
    locked: { type: Boolean, required: true },
    /** The encoded argon2id hash. Selected only by name. */
    passwordHash: { type: String, select: false },
    state: { type: String, enum: ['open', 'closed'], required: true },
    reason: { type: String, enum: ['owner', 'empty', 'admin'] },
    /** What its host has set, each absent unless it was: services/rooms/settings.ts. */
    slow: { type: Number },
    closedDoor: { type: Boolean },
    approval: { type: Boolean },
    unlisted: { type: Boolean },
    hostsOnly: { type: Boolean },
    picturesPaused: { type: Boolean },
    /** The id of the message that is pinned. */
    pinned: { type: String },
    /** Who has raised a hand, in this order. */
    hands: {
      type: [
        new Schema(
          {
            id: { type: String, required: true },
            name: { type: String, required: true },
            color: { type: String, required: true },
          },
          { ...STRICT, _id: false },
        ),
      ],
      default: undefined,
    },
    /** What was done to the room that also who comes later is told, the latest last. */
    notices: { type: [noticeSchema], default: undefined },
    /** How many images, and bytes of images, it has: for the quota and the receipt. */
    images: { type: Number, required: true },
    imageBytes: { type: Number, required: true },
    /** Grows whenever somebody takes a seat, so that `emptySince` is written only if nobody came meanwhile. */
    seatVersion: { type: Number, required: true },
    /** Since when no seat has been taken; null while one is. In the future: nobody has come yet. */
    emptySince: { type: Date, default: null },
    /** Somebody was removed or banned: every way in asks who. */
    guarded: { type: Boolean },
    /** Salts the hashes of banned addresses. */
    salt: { type: String },
    /** The folded title, and its characters and pairs of characters for the index: services/site/search.ts. */
    search: { type: String, select: false },
    grams: { type: [String], select: false },
    createdAt: { type: Date, required: true },
    activeAt: { type: Date, required: true },
  },
  { ...STRICT, collection: 'rooms' },
);

roomSchema.index({ state: 1, createdAt: -1, _id: -1 });
roomSchema.index({ grams: 1, createdAt: -1 });
roomSchema.index({ state: 1, emptySince: 1 });
roomSchema.index({ unlisted: 1 }, { partialFilterExpression: { unlisted: true } });
roomSchema.index({ imageBytes: 1 }, { partialFilterExpression: { imageBytes: { $gt: 0 } } });

export type Room = InferSchemaType<typeof roomSchema> & { _id: Types.ObjectId };

/** Who is host, and who helps. */
export function rolesOf({ owner, helpers }: Pick<Room, 'owner' | 'helpers'>): Roles {
  const roles: Roles = Object.fromEntries((helpers ?? []).map((helper) => [helper, 'helper']));
  return { ...roles, [owner]: 'host' };
}

/** Raised hands, in order. */
export const handsOf = ({ hands }: Pick<Room, 'hands'>): Person[] =>
  (hands ?? []).map(({ id, color, name }) => ({ id, color, name }));

/** What also who comes later is told. */
export const noticesOf = ({ notices }: Pick<Room, 'notices'>): NoticeView[] =>
  (notices ?? []).map(({ what, count, at }) => ({
    what,
    ...(typeof count === 'number' && { count }),
    at: at.toISOString(),
  }));

/** The room as its members see it: {@link roomView}. */
export const memberRoomView = (
  room: Room,
  people: number,
  graceMs: number,
  pinned: MemberRoomView['pinned'],
): MemberRoomView => ({
  ...roomView(room, people, graceMs),
  roles: rolesOf(room),
  pinned,
  hands: handsOf(room),
  hostsOnly: room.hostsOnly ?? false,
  picturesPaused: room.picturesPaused ?? false,
  notices: noticesOf(room),
});

/** The public view of a room. @param graceMs milliseconds that an empty room stays open. */
export function roomView(room: Room, people: number, graceMs: number): RoomView {
  return {
    _id: String(room._id),
    title: room.title,
    max: room.max,
    owner: room.owner,
    locked: room.locked,
    people,
    slow: room.slow ?? 0,
    closedDoor: room.closedDoor ?? false,
    approval: room.approval ?? false,
    listed: !room.unlisted,
    emptyUntil: room.emptySince ? new Date(room.emptySince.getTime() + graceMs).toISOString() : null,
    createdAt: room.createdAt.toISOString(),
  };
}
