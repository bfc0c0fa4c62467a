/** What one visitor, and one address, may send: the same for every door. */
import type { Limits } from '../../services/site/limits.js';

/** @throws AppError rate_limited. */
export async function takeChat(limits: Limits, visitor: string, address: string): Promise<void> {
  await limits.take('chat', visitor);
  await limits.take('chat_minute', visitor);
  await limits.take('chat_ip', address);
}

/** Whose work it is: both are counted. */
interface Worker {
  visitor: string;
  address: string;
}

/**
 * Count what an event costs before anything is done for it. About a third of a millisecond of the process is one point.
 * @throws AppError rate_limited where its visitor has done too much, busy where all of its address together have.
 */
export function takeWork(limits: Limits, { visitor, address }: Worker, points: number): void {
  limits.spend('work', visitor, points);
  limits.spend('work_ip', address, points, 'busy');
}

/** Count what an answer of many entries has cost more. */
export function chargeWork(limits: Limits, { visitor, address }: Worker, points: number): void {
  limits.charge('work', visitor, points);
  limits.charge('work_ip', address, points);
}
