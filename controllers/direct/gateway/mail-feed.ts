/**
 * Messages to one visitor on one connection, by their mail number, each once and in order. What does not follow the last
 * one sent is read from the store, so a connection that was gone and one that is merely slow are served alike.
 */
import type { DirectView, ServerFrame } from '../../../schemas/direct/contract.js';
import type { DirectMessages } from '../../../services/direct/direct.js';

/** Bytes above which a replay waits for the reader. */
const REPLAY_BYTES_MAX = 128 * 1024;
const PAGE = 200;
const LOOK_MS = 20;

/** The connection that mail goes out on. */
interface Outlet {
  readonly isOpen: boolean;
  readonly waitingBytes: number;
  /** @returns whether it went out. */
  send(frame: ServerFrame): boolean;
}

export class MailFeed {
  /** Whose mail; null before `begin`. */
  #visitor: string | null = null;
  /** The number sent last, the one sent last before the last ping, and the one known to have been received. */
  #sent = 0;
  #asked = 0;
  #received = 0;
  #isReading = true;
  /** Something came while the store was being read. */
  #hasMore = false;

  constructor(
    private readonly outlet: Outlet,
    private readonly direct: DirectMessages,
  ) {}

  /** The number up to which mail is known to have been received. */
  get received(): number {
    return this.#received;
  }

  /** Mail was sent after the last ping. */
  get isUnsure(): boolean {
    return this.#sent > this.#asked;
  }

  /** @returns what a ping has to carry, so that its pong says up to where mail was received. */
  askReceived(): string | undefined {
    this.#asked = this.#sent;
    return this.#sent > 0 ? String(this.#sent) : undefined;
  }

  receivedUpTo(mail: number): void {
    if (mail > this.#received) this.#received = Math.min(mail, this.#sent);
  }

  receivedAll(): void {
    this.receivedUpTo(this.#sent);
  }

  /**
   * Begin to send mail. With a cursor: everything after it. Without: what is unread and not known to have been received.
   * @returns the number after which this connection begins, and what sends all that is there already.
   */
  async begin(visitor: string, after: number | undefined): Promise<{ start: number; replay: () => Promise<void> }> {
    this.#visitor = visitor;
    const newest = await this.direct.newestMail(visitor);
    const start = Math.min(after ?? (await this.direct.delivered(visitor)), newest);
    this.#sent = start;
    const replay = async () => {
      if (after === undefined) {
        await this.#read(visitor, newest, true);
        if (!this.outlet.isOpen) return;
        this.#sent = Math.max(this.#sent, newest);
      }
      await this.#follow(visitor);
    };
    return { start, replay };
  }

  /** A message to this visitor was stored. @returns the end of reading the store, where that is needed. */
  add(message: DirectView, mail: number): Promise<void> | undefined {
    if (mail <= this.#sent) return undefined;
    if (!this.#isReading && mail === this.#sent + 1) return void this.#deliver(message, mail);
    this.#hasMore = true;
    return this.#isReading ? undefined : this.#follow(message.receiverId);
  }

  /** Messages may have been stored that this connection was not told of. */
  catchUp(): Promise<void> | undefined {
    this.#hasMore = true;
    return this.#visitor !== null && !this.#isReading ? this.#follow(this.#visitor) : undefined;
  }

  /** Read on until nothing is left, also of what comes meanwhile. */
  async #follow(visitor: string): Promise<void> {
    this.#isReading = true;
    try {
      do {
        this.#hasMore = false;
        await this.#read(visitor, Infinity, false);
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- add() sets it while #read waits
      } while (this.#hasMore && this.outlet.isOpen);
    } finally {
      this.#isReading = false;
    }
  }

  async #read(visitor: string, upTo: number, onlyUnread: boolean): Promise<void> {
    while (this.outlet.isOpen) {
      const page = await this.direct.mail(visitor, this.#sent, PAGE, onlyUnread);
      const due = page.filter(({ mail }) => mail <= upTo);
      for (const { message, mail } of due) {
        // A page of long messages is more than may wait at once: a replay goes at the reader's own pace.
        if (this.outlet.waitingBytes > REPLAY_BYTES_MAX) await this.#drained();
        this.#deliver(message, mail);
      }
      if (due.length < page.length || page.length < PAGE) return;
    }
  }

  #deliver(message: DirectView, mail: number): void {
    if (mail <= this.#sent) return;
    const { gif } = message;
    const text = message.message ?? gif?.alt;
    if (text === undefined) return void (this.#sent = mail); // it was removed
    const wentOut = this.outlet.send({
      type: 'chat',
      fromUserId: message.senderId,
      toUserId: message.receiverId,
      message: text,
      ...(gif ? { gif } : {}),
      timestamp: message.createdAt,
      id: message._id,
      seq: message.seq,
      mail,
    });
    // What did not go out has not been sent: the next connection brings it.
    if (wentOut) this.#sent = mail;
  }

  /** Resolves when the reader has taken most of what was sent. */
  async #drained(): Promise<void> {
    while (this.outlet.isOpen && this.outlet.waitingBytes > REPLAY_BYTES_MAX)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
