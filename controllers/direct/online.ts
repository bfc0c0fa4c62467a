/**
 * The online list as each visitor may see it. Read from the store at most twice a second, however many come and go, and
 * without those who have blocked the one who looks.
 */
import type { Services } from '../../services/index.js';
import { PEOPLE_LIST_MS } from '../sockets/coalesce.js';

/** The Socket.IO room of sockets that get the whole list: of visitors of whom it is known that nobody hides from them. */
export const UNFILTERED = 'online:unfiltered';

export class Online {
  #list: Promise<string[]> | undefined;
  #readAt = -Infinity;
  /** Visitors connected to this node from whom somebody hides. */
  readonly hidden = new Map<string, Set<string>>();
  /** Visitors connected to this node: their sockets and raw connections, and the latest question who hides from them. */
  readonly #here = new Map<string, { sockets: Set<string>; latest: Promise<boolean> }>();

  constructor(private readonly services: Pick<Services, 'presence' | 'conversations'>) {}

  /** The newest list, as a rule no older than the time between two lists. */
  all(fresh = false): Promise<string[]> {
    if (!fresh && this.#list && performance.now() - this.#readAt < PEOPLE_LIST_MS) return this.#list;
    this.#readAt = performance.now();
    this.#list = this.services.presence.online();
    this.#list.catch(() => (this.#list = undefined));
    return this.#list;
  }

  /** What one visitor who is here sees: themselves too, also in a list that was read before they came. */
  async of(visitor: string): Promise<string[]> {
    const seen = this.without(await this.all(), visitor);
    return seen.includes(visitor) ? seen : [...seen, visitor];
  }

  without(ids: string[], visitor: string): string[] {
    const hidden = this.hidden.get(visitor);
    return hidden ? ids.filter((id) => !hidden.has(id)) : ids;
  }

  /** A socket or raw connection of a visitor is here. @returns whether somebody hides from them. */
  async came(visitor: string, ref: string): Promise<boolean> {
    const here = this.#here.get(visitor) ?? { sockets: new Set(), latest: Promise.resolve(false) };
    here.sockets.add(ref);
    this.#here.set(visitor, here);
    return this.look(visitor);
  }

  /** It is gone, and with the last one what was known of its visitor. */
  went(visitor: string, ref: string): void {
    const here = this.#here.get(visitor);
    if (!here?.sockets.delete(ref) || here.sockets.size > 0) return;
    this.#here.delete(visitor);
    this.hidden.delete(visitor);
  }

  /** Ask who hides from a visitor who is here. All who ask get the answer to the latest question: whether somebody does. */
  async look(visitor: string): Promise<boolean> {
    const here = this.#here.get(visitor);
    if (!here) return false;
    const ask = async (): Promise<boolean> => {
      const hidden = await this.services.conversations.hiddenFrom(visitor);
      if (here.latest !== mine) return here.latest;
      if (this.#here.get(visitor) === here) {
        if (hidden.size > 0) this.hidden.set(visitor, hidden);
        else this.hidden.delete(visitor);
      }
      return hidden.size > 0;
    };
    const mine = ask();
    here.latest = mine;
    return mine;
  }
}
