/** A program that follows one room by what docs/events.md and docs/http.md say, and by nothing else. */
import assert from 'node:assert/strict';
import type { JoinAnswer, MessageView } from '../../schemas/rooms/contract.js';
import type { TestVisitor } from './visitor.js';

/** What is seen of a message, whoever looks. */
export interface Seen {
  seq: number;
  /** The text, or the description of the picture. */
  text: string;
  isEdited: boolean;
  isRemoved: boolean;
  /** The number of the message that it answers, or null. */
  answers: number | null;
  reactions: Record<string, number>;
}

export class ScriptClient {
  readonly #log = new Map<number, MessageView>();
  readonly #heard = new Set<number>();
  #rev = 0;

  constructor(
    readonly visitor: TestVisitor,
    readonly room: string,
  ) {}

  /** Come in, or come back: what was missed or changed meanwhile is in the answer. */
  async join(): Promise<JoinAnswer> {
    const ear = await this.visitor.listen();
    for (const event of ['chat', 'chatChanged']) ear.socket.on(event, (message: MessageView) => this.#take(message));
    const answer = await ear.join({ room: this.room, after: this.#contiguous(), rev: this.#rev });
    assert.ok(answer.ok);
    assert.ok(!answer.more && !answer.moreChanged, 'so little comes at once');
    for (const message of [...answer.missed, ...answer.changed]) this.#take(message);
    this.#rev = answer.rev;
    return answer;
  }

  leave(): void {
    this.visitor.leaveAll();
  }

  /** Everything heard so far, in order, as REST tells it to who reads it now. */
  messages(): MessageView[] {
    const inOrder = [...this.#log.values()].sort((a, b) => a.seq - b.seq);
    return inOrder.map((message) => {
      const { replyTo } = message;
      // Of a removed message no words are left, also where somebody had quoted them.
      const isGone = replyTo && this.#log.get(replyTo.seq)?.removed;
      return isGone ? { ...message, replyTo: { ...replyTo, excerpt: '' } } : message;
    });
  }

  seen(): Seen[] {
    return this.messages().map(({ seq, chat, gif, editedAt, removed, replyTo, reactions = {} }) => ({
      seq,
      text: chat ?? gif?.alt ?? '',
      isEdited: editedAt !== undefined,
      isRemoved: removed !== undefined,
      answers: replyTo?.seq ?? null,
      reactions,
    }));
  }

  #take(message: MessageView): void {
    const there = this.#log.get(message.seq);
    if (!there || there.rev <= message.rev) this.#log.set(message.seq, message);
    this.#heard.add(message.rev);
    while (this.#heard.has(this.#rev + 1)) this.#rev++;
  }

  /** The newest number up to which nothing is missing. */
  #contiguous(): number {
    let seq = 0;
    while (this.#log.has(seq + 1)) seq++;
    return seq;
  }
}
