/** What one visitor, and one address, may send: the same for every door. */
import type { Limits } from '../../services/site/limits.js';

/** @throws AppError rate_limited. */
export async function takeChat(limits: Limits, visitor: string, address: string): Promise<void> {
  await limits.take('chat', visitor);
  await limits.take('chat_minute', visitor);
  await limits.take('chat_ip', address);
}
