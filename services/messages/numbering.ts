/**
 * The numbers that messages take. There is no counter to keep: whoever inserts takes the number after the newest it
 * knows of, a unique index gives each number once, and a loser asks for the newest again. What is remembered is a hint,
 * which may be wrong or forgotten at any time.
 */
import { Types } from 'mongoose';
import { newest } from './page.js';
import { type Draft, keyOf, sameIn, type StoredMessage, type Stream } from './stream.js';

/** Sequences whose newest number is remembered. */
const HINTS_MAX = 50_000;

export class Numbering<D extends StoredMessage, N extends keyof D & string> {
  readonly #hints = new Map<string, number>();

  constructor(private readonly stream: Pick<Stream<D, N>, 'model' | 'numbers'>) {}

  /** Give each draft an id and the next number of each of its sequences, in the order of the drafts. */
  async number(drafts: Draft<D, N>[]): Promise<D[]> {
    await this.#learn(drafts);
    return drafts.map((draft) => {
      const message: Record<string, unknown> = { _id: new Types.ObjectId(), ...draft };
      for (const [field, key] of this.#sequences(draft)) {
        const next = (this.#hints.get(key) ?? 0) + 1;
        this.#hints.set(key, next);
        message[field] = next;
      }
      return message as unknown as D;
    });
  }

  /** Remember nothing of the sequences that these messages belong to: their numbers were not taken, or are erased. */
  forget(messages: object[]): void {
    for (const message of messages) for (const [, key] of this.#sequences(message)) this.#hints.delete(key);
  }

  /** Whether the newest number is remembered of every sequence that a message belongs to. */
  knows(message: object): boolean {
    return this.#sequences(message).every(([, key]) => this.#hints.has(key));
  }

  /** Ask for the newest number of every sequence not remembered. */
  async #learn(drafts: Draft<D, N>[]): Promise<void> {
    if (this.#hints.size > HINTS_MAX) this.#hints.clear();
    const asked = new Map<string, Promise<void>>();
    for (const draft of drafts) {
      for (const [field, key] of this.#sequences(draft))
        if (!this.#hints.has(key) && !asked.has(key)) asked.set(key, this.#ask(key, field, draft));
    }
    await Promise.all(asked.values());
  }

  async #ask(key: string, field: N, draft: Draft<D, N>): Promise<void> {
    const { model, numbers } = this.stream;
    this.#hints.set(key, await newest(model, sameIn(draft, numbers[field]), field));
  }

  /** The fields that hold numbers, each with what its sequence is called here. */
  #sequences(message: object): [N, string][] {
    const { numbers } = this.stream;
    return (Object.keys(numbers) as N[]).map((field) => [field, `${field} ${keyOf(message, numbers[field])}`]);
  }
}
