/**
 * One raw WebSocket line of one visitor: what is sent on it, in which order, and how much may wait. Mail goes out by its
 * number, each once: what does not follow the last one sent is read from the store, so a line that was gone and one
 * that is merely slow are served by the same few lines.
 */
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { DirectView, ServerFrame } from '../../schemas/direct/contract.js';
import type { DirectMessages } from '../../services/direct/direct.js';
import type { Visitor } from '../../services/people/visitors.js';

/** Bytes that may wait for a slow reader before the line is closed. */
const BUFFER_MAX = 1024 * 1024;
/** Bytes above which a replay waits for the reader. */
const BUFFER_EASY = 128 * 1024;
const PAGE = 200;

export const CLOSE = {
  bad: 4400,
  noAuth: 4401,
  forbidden: 4403,
  rate: 4429,
  slow: 1013,
  failed: 1011,
  restart: 1012,
} as const;

export class Line {
  readonly id = `ws:${randomUUID()}`;
  /** Answered the last ping. */
  alive = true;
  /** Rate breaches, and frames that were none. */
  breaches = 0;
  bad = 0;
  /** Has been told `ready`. */
  ready = false;
  visitor: Visitor | null = null;
  /** The hash of the session's id. */
  session = '';
  /** The number of the mail sent last, the one before the last ping, and the one that is known to have come. */
  #cursor = 0;
  #pinged = 0;
  #arrived = 0;
  #broken = false;
  #reading = true;
  #again = false;

  constructor(
    readonly ws: WebSocket,
    readonly address: string,
    private readonly direct: DirectMessages,
    /** Milliseconds between the close frame and the end of a line whose reader does not take it. */
    private readonly linger: number,
  ) {
    ws.on('error', () => (this.#broken = true));
    // A pong says what the ping said, and that everything sent before it has come.
    ws.on('pong', (data) => {
      this.alive = true;
      this.#came(Number(data.toString()));
    });
    // So does the other side's part of the closing handshake; without it the code is 1006.
    ws.on('close', (code) => {
      if (code !== 1006 && !this.#broken) this.#came(this.#cursor);
    });
  }

  /** The number up to which mail is known to have come. */
  get arrived(): number {
    return this.#arrived;
  }

  /** Whether mail was sent after the last ping. */
  get unsure(): boolean {
    return this.#cursor > this.#pinged;
  }

  ping(): void {
    if (!this.open) return;
    this.#pinged = this.#cursor;
    this.ws.ping(this.#cursor > 0 ? String(this.#cursor) : undefined);
  }

  #came(upTo: number): void {
    if (upTo > this.#arrived) this.#arrived = Math.min(upTo, this.#cursor);
  }

  get open(): boolean {
    return this.ws.readyState === WebSocket.OPEN;
  }

  send(frame: ServerFrame): boolean {
    return this.sendText(JSON.stringify(frame));
  }

  /** @returns whether it went out: not on a line that ends, or has to because too much waits already. */
  sendText(text: string): boolean {
    if (!this.open) return false;
    if (this.ws.bufferedAmount > BUFFER_MAX) {
      this.close(CLOSE.slow, 'too slow');
      return false;
    }
    this.ws.send(text);
    return true;
  }

  close(code: number, reason: string): void {
    if (!this.open) return;
    this.ws.close(code, reason);
    setTimeout(() => this.ws.terminate(), this.linger).unref();
  }

  /**
   * Begin to send mail. With a cursor: everything after it. Without: what is unread and was on no line yet.
   * @returns the number after which this line begins.
   */
  async begin(visitor: string, after: number | undefined): Promise<{ start: number; replay: () => Promise<void> }> {
    const newest = await this.direct.newestMail(visitor);
    const start = Math.min(after ?? (await this.direct.delivered(visitor)), newest);
    this.#cursor = start;
    const replay = async () => {
      if (after === undefined) {
        await this.#read(visitor, newest, true);
        if (!this.open) return;
        this.#cursor = Math.max(this.#cursor, newest);
      }
      await this.#follow(visitor);
    };
    return { start, replay };
  }

  /** Something was sent to this visitor. */
  mail(message: DirectView, number: number): Promise<void> | undefined {
    if (number <= this.#cursor) return undefined;
    if (!this.#reading && number === this.#cursor + 1) return void this.#deliver(message, number);
    this.#again = true;
    return this.#reading ? undefined : this.#follow(message.receiverId);
  }

  /** Something may have been sent that nobody told this line of. */
  catchUp(): Promise<void> | undefined {
    this.#again = true;
    return this.visitor && !this.#reading ? this.#follow(this.visitor.id) : undefined;
  }

  /** Read on until nothing is left, also of what comes meanwhile. */
  async #follow(visitor: string): Promise<void> {
    this.#reading = true;
    try {
      do {
        this.#again = false;
        await this.#read(visitor, Infinity, false);
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- mail() sets it while #read waits
      } while (this.#again && this.open);
    } finally {
      this.#reading = false;
    }
  }

  async #read(visitor: string, upTo: number, onlyUnread: boolean): Promise<void> {
    while (this.open) {
      const page = await this.direct.mail(visitor, this.#cursor, PAGE, onlyUnread);
      const due = page.filter(({ mail }) => mail <= upTo);
      for (const { message, mail } of due) {
        // A page of long messages is more than may wait at once: a replay goes at the reader's own pace.
        if (this.ws.bufferedAmount > BUFFER_EASY) await this.#eased();
        this.#deliver(message, mail);
      }
      if (due.length < page.length || page.length < PAGE) return;
    }
  }

  #deliver(message: DirectView, mail: number): void {
    if (mail <= this.#cursor) return;
    const sent = this.send({
      type: 'chat',
      fromUserId: message.senderId,
      toUserId: message.receiverId,
      message: message.message,
      timestamp: message.createdAt,
      id: message._id,
      seq: message.seq,
      mail,
    });
    // What did not go out has not been on this line: the next one brings it.
    if (sent) this.#cursor = mail;
  }

  /** Resolves when the reader has taken most of what was sent. */
  async #eased(): Promise<void> {
    while (this.open && this.ws.bufferedAmount > BUFFER_EASY) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
