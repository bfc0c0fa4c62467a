/**
 * Numbered, append-only streams. What is written takes the next number of each stream it belongs to (a conversation, a
 * mailbox, the lobby), without gaps and in the order in which readers will see it: number n is never visible before
 * n-1. There is no counter to keep: a unique index gives each number once, and a loser asks for the newest and tries
 * again. What arrives together is written together, in one ordered insert.
 */
import { Types, type Model } from 'mongoose';
import { isDuplicateKey } from '../site/duplicate-key.js';

const BATCH_MAX = 200;
/** Streams whose newest number is remembered; a hint, so it may be forgotten at any time. */
const HINTS_MAX = 50_000;
/** A number is lost to another node at most this often in a row before the writer gives up. */
const TRIES_MAX = 50;

/** What a writer hands in: everything but the id and the numbers. */
export type Draft<D, Numbers extends string> = Omit<D, Numbers | '_id'>;

export interface Entry<D> {
  doc: D;
  /** False: the same client id was stored before, and `doc` is what was stored then. */
  fresh: boolean;
}

interface Options<D, Numbers extends string> {
  model: Model<D>;
  /** Field that holds the number -> fields that name the stream. */
  streams: Record<Numbers, (keyof D & string)[]>;
  /** What was stored earlier for a draft that a unique index refused for another reason than its number. */
  repeatOf: (draft: Draft<D, Numbers>) => Promise<D | null>;
  /** Runs after a batch is stored and before anybody hears of it. */
  stored: (docs: D[]) => Promise<void>;
  /** Tell everybody, in order. */
  announce: (doc: D) => void;
}

interface Pending<D, Numbers extends string> {
  draft: Draft<D, Numbers>;
  resolve: (entry: Entry<D>) => void;
  reject: (error: unknown) => void;
}

export class Journal<D extends { _id: Types.ObjectId }, Numbers extends keyof D & string> {
  #queue: Pending<D, Numbers>[] = [];
  /** The end of writing, while there is something to write. Never rejects. */
  #draining: Promise<void> | null = null;
  /** The end of what has been stored and is being told. Never rejects. */
  #telling: Promise<void> = Promise.resolve();
  readonly #newest = new Map<string, number>();

  constructor(private readonly options: Options<D, Numbers>) {}

  /** Store and announce. Resolves when the store has confirmed and everybody was told. */
  write(draft: Draft<D, Numbers>): Promise<Entry<D>> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ draft, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves once nothing handed in before is still being written. */
  async settled(): Promise<void> {
    while (this.#draining) await this.#draining;
    await this.#telling;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, BATCH_MAX);
      try {
        await this.#store(batch);
      } catch (error) {
        this.#newest.clear();
        for (const pending of batch) pending.reject(error);
      }
    }
    this.#draining = null;
  }

  /** Insert in order up to the first refusal, settle that one, go on with the rest under fresh numbers. */
  async #store(batch: Pending<D, Numbers>[]): Promise<void> {
    let rest = batch;
    for (let tries = 0; rest.length > 0;) {
      const docs = await this.#number(rest);
      const stored = await this.#insert(docs);
      if (stored > 0) this.#telling = this.#tell(this.#telling, docs.slice(0, stored), rest.slice(0, stored));
      rest = rest.slice(stored);
      const [refused] = rest;
      if (!refused) return;
      for (const { draft } of rest) for (const key of this.#keys(draft)) this.#newest.delete(key);
      const doc = await this.options.repeatOf(refused.draft);
      if (doc) {
        refused.resolve({ doc, fresh: false });
        rest = rest.slice(1);
      } else if (++tries > TRIES_MAX) throw new Error('no free number was found');
    }
  }

  /** In the order of the numbers, and while the next batch is already being inserted: note, announce, answer. */
  async #tell(before: Promise<void>, docs: D[], batch: Pending<D, Numbers>[]): Promise<void> {
    await before;
    try {
      await this.options.stored(docs);
    } catch (error) {
      for (const pending of batch) pending.reject(error);
      return;
    }
    for (const [index, doc] of docs.entries()) {
      this.options.announce(doc);
      batch[index]?.resolve({ doc, fresh: true });
    }
  }

  /** @returns how many were stored before a unique index refused one. */
  async #insert(docs: D[]): Promise<number> {
    try {
      await this.options.model.collection.insertMany(docs, { ordered: true });
      return docs.length;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const { writeErrors } = error as { writeErrors?: { index: number }[] | { index: number } };
      return [writeErrors ?? []].flat()[0]?.index ?? 0;
    }
  }

  async #number(batch: Pending<D, Numbers>[]): Promise<D[]> {
    await this.#learn(batch);
    return batch.map(({ draft }) => {
      const doc = { ...draft, _id: new Types.ObjectId() } as unknown as D;
      for (const field of this.#fields()) {
        const key = this.#key(field, draft);
        const next = (this.#newest.get(key) ?? 0) + 1;
        this.#newest.set(key, next);
        (doc as Record<string, unknown>)[field] = next;
      }
      return doc;
    });
  }

  /** Ask the index for the newest number of every stream not remembered. */
  async #learn(batch: Pending<D, Numbers>[]): Promise<void> {
    if (this.#newest.size > HINTS_MAX) this.#newest.clear();
    const asked = new Map<string, Promise<void>>();
    for (const { draft } of batch) {
      for (const field of this.#fields()) {
        const key = this.#key(field, draft);
        if (!this.#newest.has(key) && !asked.has(key)) asked.set(key, this.#ask(key, field, draft));
      }
    }
    await Promise.all(asked.values());
  }

  async #ask(key: string, field: Numbers, draft: Draft<D, Numbers>): Promise<void> {
    const scope = Object.fromEntries(this.options.streams[field].map((name) => [name, valueOf(draft, name)]));
    const newest = await this.options.model.collection.findOne(scope, {
      sort: { [field]: -1 },
      projection: { [field]: 1 },
    });
    this.#newest.set(key, newest?.[field] ?? 0);
  }

  #fields(): Numbers[] {
    return Object.keys(this.options.streams) as Numbers[];
  }

  #keys(draft: Draft<D, Numbers>): string[] {
    return this.#fields().map((field) => this.#key(field, draft));
  }

  #key(field: Numbers, draft: Draft<D, Numbers>): string {
    return [field, ...this.options.streams[field].map((name) => valueOf(draft, name))].join(' ');
  }
}

const valueOf = (draft: object, name: string): string => String((draft as Record<string, unknown>)[name]);
