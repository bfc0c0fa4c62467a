/**
 * What one raw connection hears of one room: each message once and in order. What does not follow the last one told is
 * read from the store, so what other nodes post, and what comes while a connection joins, is heard like everything else.
 */
import type { MessageView } from '../../schemas/rooms/contract.js';
import { messageView } from '../../schemas/rooms/chat.js';
import type { Chats } from '../../services/rooms/chat.js';

const PAGE = 100;

export class RoomEar {
  /** The number told last; null while the connection is joining. */
  #told: number | null = null;
  #isReading = false;
  /** The connection hears the room no more. */
  #isOver = false;
  /** Something came while the store was being read. */
  #hasMore = false;

  /** @param tell returns whether it went out. */
  constructor(
    private readonly room: string,
    private readonly chats: Pick<Chats, 'page'>,
    private readonly tell: (message: MessageView) => boolean,
  ) {}

  /** The connection knows everything up to here; what came since is told now. */
  async begin(seq: number): Promise<void> {
    this.#told = seq;
    if (this.#hasMore) await this.catchUp();
  }

  /** Tell nothing from now on. */
  end(): void {
    this.#isOver = true;
  }

  /** A message was posted. */
  async hear(message: MessageView): Promise<void> {
    if (this.#isOver) return;
    if (this.#told === null) this.#hasMore = true;
    else if (this.#isReading || message.seq > this.#told + 1) await this.catchUp();
    else if (message.seq === this.#told + 1 && this.tell(message)) this.#told = message.seq;
  }

  /** Tell what is stored and was not told yet. */
  async catchUp(): Promise<void> {
    this.#hasMore = true;
    if (this.#isReading || this.#told === null) return;
    this.#isReading = true;
    try {
      while (this.#hasMore) {
        this.#hasMore = false;
        const { messages, more } = await this.chats.page(this.room, { after: this.#told, limit: PAGE });
        for (const chat of messages) {
          if (this.#isOver || !this.tell(messageView(chat))) return;
          this.#told = chat.seq;
        }
        this.#hasMore ||= more;
      }
    } finally {
      this.#isReading = false;
    }
  }
}
