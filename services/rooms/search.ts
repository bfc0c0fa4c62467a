/**
 * Search in the messages of a room, newest first. Nothing is indexed: an index would outlive edits and removals, and weigh more than the
 * messages. The messages are walked and compared here, so that every database finds the same; one answer walks only so far.
 */
import type { Models } from '../../schemas/models.js';
import type { Chat } from '../../schemas/rooms/chat.js';
import { readPage } from '../messages/page.js';
import type { Limits } from '../site/limits.js';
import { fold } from '../site/search.js';
import { FairQueue, type Party } from '../work/fair-queue.js';

/** What one answer brings, and what it walks, at most. Characters are counted as they are compared: folding may multiply them. */
const MOST = { found: 20, messages: 2_000, characters: 1_000_000 };
/** Messages read with one question. */
const BATCH = 200;
/** What is walked for one point of the limit. */
const PER_POINT = { messages: 500, characters: 250_000 };

/** Answers that are made at once, and of one address; milliseconds that one waits for its turn. */
const TURNS = { atOnce: 4, ofOneGroup: 1, waitMs: 10_000 };

/** `found`: newest first. `next`: go on before this number; null where everything was walked. */
export interface Found {
  found: Chat[];
  next: number | null;
}

interface Deps {
  models: Pick<Models, 'Chat'>;
  limits: Pick<Limits, 'take' | 'count'>;
}

export class ChatSearch {
  /** What an answer cost is counted after it: those of one address that were made together would not know of each other. */
  readonly #queue = new FairQueue(TURNS);

  constructor(private readonly deps: Deps) {}

  /**
   * Messages whose text, or whose picture's description, contains the query, regardless of case, width and spacing.
   * @param by who asks, and from where: both are counted.
   * @param before only messages with a smaller number.
   * @throws AppError rate_limited, busy.
   */
  async find(room: string, by: Party, query: string, before?: number): Promise<Found> {
    const wanted = fold(query);
    if (wanted === '') return { found: [], next: null };
    return this.#queue.run(by, () => this.#answer(room, by, wanted, before));
  }

  async #answer(room: string, { member, group }: Party, wanted: string, before: number | undefined): Promise<Found> {
    const { limits } = this.deps;
    await limits.take('search', member);
    await limits.take('search_ip', group);
    const walked = { messages: 0, characters: 0 };
    const answer = await this.#walk(room, wanted, before, walked);
    const points = Math.max(walked.messages / PER_POINT.messages, walked.characters / PER_POINT.characters);
    const more = Math.ceil(points) - 1;
    if (more > 0) await Promise.all([limits.count('search', member, more), limits.count('search_ip', group, more)]);
    return answer;
  }

  async #walk(room: string, wanted: string, before: number | undefined, walked: Walked): Promise<Found> {
    const found: Chat[] = [];
    let cursor = before;
    for (;;) {
      const page = await readPage<Chat>(this.deps.models.Chat, { room }, 'seq', { before: cursor, limit: BATCH });
      for (const message of page.messages.reverse()) {
        const isFull = found.length >= MOST.found || walked.characters >= MOST.characters;
        if (isFull || walked.messages >= MOST.messages) return { found, next: message.seq + 1 };
        const text = fold(wordsOf(message));
        walked.messages++;
        walked.characters += text.length;
        if (text.includes(wanted)) found.push(message);
        cursor = message.seq;
      }
      if (!page.more) return { found, next: null };
    }
  }
}

interface Walked {
  messages: number;
  characters: number;
}

const wordsOf = ({ chat, gif, removed }: Chat): string => (removed ? '' : (chat ?? gif?.alt ?? ''));
