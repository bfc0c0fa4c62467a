/**
 * The online list as each visitor may see it. Read from the store at most twice a second, however many come and go, and
 * without those who have blocked the one who looks.
 */
import type { Services } from '../services/index.js';

/** Milliseconds between two lists. */
export const LIST_MS = 500;

export class Online {
  #list: Promise<string[]> | undefined;
  #readAt = -Infinity;
  /** Visitors connected to this node from whom somebody hides. */
  readonly hidden = new Map<string, Set<string>>();

  constructor(private readonly services: Pick<Services, 'presence' | 'direct'>) {}

  /** The newest list, as a rule no older than `LIST_MS`. */
  all(fresh = false): Promise<string[]> {
    if (!fresh && this.#list && performance.now() - this.#readAt < LIST_MS) return this.#list;
    this.#readAt = performance.now();
    this.#list = this.services.presence.online();
    this.#list.catch(() => (this.#list = undefined));
    return this.#list;
  }

  /** What one visitor sees. */
  async of(visitor: string): Promise<string[]> {
    return this.without(await this.all(), visitor);
  }

  without(ids: string[], visitor: string): string[] {
    const hidden = this.hidden.get(visitor);
    return hidden ? ids.filter((id) => !hidden.has(id)) : ids;
  }

  /** Ask who hides from a visitor: when they connect, and when somebody blocks or unblocks them. */
  async look(visitor: string): Promise<boolean> {
    const hidden = await this.services.direct.hiddenFrom(visitor);
    if (hidden.size > 0) this.hidden.set(visitor, hidden);
    else this.hidden.delete(visitor);
    return hidden.size > 0;
  }
}
