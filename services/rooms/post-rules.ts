/** What posts in a room have to obey: who may write, whether pictures are paused. Slow mode is kept by paces.ts. */
import type { Room } from '../../schemas/rooms/room.js';
import { AppError } from '../site/errors.js';
import { roleOf } from './rights.js';

/** The part of a room that posts depend on. */
export type PostRules = Pick<Room, 'slow' | 'hostsOnly' | 'picturesPaused' | 'owner' | 'helpers'>;

/** Everybody inside may post anything. */
export const UNRESTRICTED: PostRules = { owner: '' };

/** Whether it matters who posts, what, or when. */
export const isRestricted = ({ slow, hostsOnly, picturesPaused }: PostRules): boolean =>
  Boolean(slow) || Boolean(hostsOnly) || Boolean(picturesPaused);

/** The rules do not concern the host and helpers. */
export const isExempt = (rules: PostRules, visitor: string): boolean => roleOf(rules, visitor, 'member') !== 'member';

/** Why a visitor may not post, or null: not_host, pictures_paused. */
export function refusalOf(rules: PostRules, visitor: string, isPicture: boolean): AppError | null {
  if (!isRestricted(rules) || isExempt(rules, visitor)) return null;
  if (rules.hostsOnly) return new AppError('not_host');
  return rules.picturesPaused && isPicture ? new AppError('pictures_paused') : null;
}
