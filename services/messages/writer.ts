/**
 * Writing messages, a batch at a time: number them, insert them in order, settle what a unique index refused, and put
 * their announcements behind those of the batches before. The message log says which messages wait in which lane.
 */
import { isConnected } from '../database/database.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { isStoreFull } from '../site/disk-full.js';
import { AppError } from '../site/errors.js';
import type { Answer, Turn } from '../work/lanes.js';
import { Announcements, type Appended, type Waiting } from './announcements.js';
import { Numbering } from './numbering.js';
import { type Draft, keyOf, sameIn, type StoredMessage, type Stream } from './stream.js';

/** A number is lost to another node at most this often in a row before the writer gives up. */
const TRIES_MAX = 50;
/**
 * Milliseconds for which a lane whose number was refused writes by itself: another node writes there, too, and will be
 * faster again. Lanes of which that is remembered.
 */
const CONTENDED_MS = 60_000;
const CONTENDED_MAX = 10_000;

/** A message to store. */
export interface Write<D extends StoredMessage, N extends keyof D, Right> extends Waiting<D, Right> {
  draft: Draft<D, N>;
  /** A unique index has refused it: its number was taken, or it is a retry. */
  isRefused?: boolean;
}

/** What makes a message the retry of another one. */
type Retry = object & Pick<StoredMessage, 'clientId'>;

/** A question for what a retry would repeat, put behind the writes that came before it. */
export interface LookUp<D> extends Answer<Appended<D> | null> {
  retry: Retry;
}

/** A message with its numbers, and what is to become of it. */
interface Numbered<D extends StoredMessage, N extends keyof D, Right> {
  message: D;
  writer: Write<D, N, Right>;
}

export class Writer<D extends StoredMessage, N extends keyof D & string, Right> {
  readonly #numbering: Numbering<D, N>;
  readonly #announcements: Announcements<D, Right>;
  /** Lane -> when it may share again, in milliseconds of `performance.now`. */
  readonly #contended = new Map<string, number>();

  constructor(private readonly stream: Stream<D, N, Right>) {
    this.#numbering = new Numbering(stream);
    this.#announcements = new Announcements(stream);
  }

  /** The numbers of the sequences that these fields name are not taken any more. */
  forget(fields: object): void {
    this.#numbering.forget([fields]);
  }

  /** A lane writes by itself while another node takes its numbers, and until its newest number is known. */
  mayShare(lane: string, fields: object): boolean {
    if (!this.stream.together || !this.#numbering.knows(fields)) return false;
    const until = this.#contended.get(lane) ?? 0;
    if (until > performance.now()) return false;
    this.#contended.delete(lane);
    return true;
  }

  /**
   * Write a batch, and look up what is asked for in it. While the database is away it is refused at once: what waited
   * behind a batch that failed has waited long enough. Never rejects.
   */
  async work(batch: (Write<D, N, Right> | LookUp<D>)[], turn: Turn<Write<D, N, Right>>): Promise<void> {
    if (!isConnected(this.stream.model.db)) {
      for (const { reject } of batch) reject(new AppError('unavailable', { retryAfter: 5 }));
      return;
    }
    const lookUps = batch.filter((each) => 'retry' in each);
    const writes = batch.filter((each) => 'draft' in each);
    await Promise.all([
      ...lookUps.map((each) => this.#lookUp(each, turn)),
      turn.isShared ? this.#writeTogether(writes, turn) : this.#writeAlone(writes, turn),
    ]);
  }

  /**
   * Insert messages of many lanes. A lane whose number is refused goes on by itself, for the others have to wait for
   * each try: within one insert nothing is stored behind a refusal, so the rest goes into the next. Never rejects.
   */
  async #writeTogether(writes: Write<D, N, Right>[], turn: Turn<Write<D, N, Right>>): Promise<void> {
    let rest = writes;
    try {
      for (let numbered = await this.#number(writes); numbered.length > 0;) {
        const left = await this.#insert(numbered, turn);
        const [refused] = left;
        if (!refused) return;
        const lane = this.#laneOf(refused);
        const isOut = (each: Numbered<D, N, Right>) => this.#laneOf(each) === lane;
        const out = left.filter(isOut).map(({ writer }) => writer);
        numbered = left.filter((each) => !isOut(each));
        rest = numbered.map(({ writer }) => writer);
        this.#refuse(out);
        this.#noteContended(lane);
        turn.apart(lane, out);
      }
    } catch (error) {
      this.#fail(rest, error);
    }
  }

  /** Insert in order up to the first refusal, settle that one, go on with the rest under fresh numbers. Never rejects. */
  async #writeAlone(writes: Write<D, N, Right>[], turn: Turn<Write<D, N, Right>>): Promise<void> {
    let rest = writes;
    try {
      for (let lost = 0; rest[0];) {
        const [next] = rest;
        const first = next.isRefused ? await this.#find(next.draft) : null;
        if (first) {
          turn.behind(() => this.#announcements.repeat(first, next));
          rest = rest.slice(1);
          continue;
        }
        if (next.isRefused && ++lost > TRIES_MAX) throw new AppError('busy', { retryAfter: 1 });
        const left = await this.#insert(await this.#number(rest), turn);
        if (left.length < rest.length) lost = 0;
        rest = left.map(({ writer }) => writer);
        this.#refuse(rest);
      }
    } catch (error) {
      this.#fail(rest, error);
    }
  }

  async #number(writes: Write<D, N, Right>[]): Promise<Numbered<D, N, Right>[]> {
    const messages = await this.#numbering.number(writes.map(({ draft }) => draft));
    return writes.flatMap((writer, index) => {
      const message = messages[index];
      return message ? { message, writer } : [];
    });
  }

  /**
   * Insert in this order, and announce what was stored.
   * @returns what was not: the one that a unique index refused, and all behind it.
   * @throws what else went wrong; then any of them may be stored.
   */
  async #insert(numbered: Numbered<D, N, Right>[], { behind }: Pick<Turn<never>, 'behind'>) {
    const messages = numbered.map(({ message }) => message);
    let count = messages.length;
    try {
      await this.stream.model.collection.insertMany(messages, { ordered: true });
    } catch (error) {
      const refused = writeErrorsOf(error);
      if (isStoreFull(error) && refused.length === 0) {
        throw new AppError('disk_full', { retryAfter: 10 }, { cause: error }); // nothing of the command is stored
      }
      if (!isDuplicateKey(error)) {
        this.#announcements.expectRetries(messages);
        throw error;
      }
      count = refused[0]?.index ?? 0;
    }
    const stored = numbered.slice(0, count);
    if (count > 0) behind(() => this.#announcements.announce(stored));
    return numbered.slice(count);
  }

  /** The first of these was refused, and their numbers are not taken. */
  #refuse(writes: Write<D, N, Right>[]): void {
    this.#numbering.forget(writes.map(({ draft }) => draft));
    const [refused] = writes;
    if (refused) refused.isRefused = true;
  }

  #fail(writes: Write<D, N, Right>[], error: unknown): void {
    this.#numbering.forget(writes.map(({ draft }) => draft));
    for (const { reject } of writes) reject(error);
  }

  #laneOf = ({ message }: Pick<Numbered<D, N, Right>, 'message'>): string => keyOf(message, this.stream.lane);

  #noteContended(lane: string): void {
    if (this.#contended.size >= CONTENDED_MAX) this.#contended.clear();
    this.#contended.set(lane, performance.now() + CONTENDED_MS);
  }

  /** Never rejects. */
  async #lookUp(lookUp: LookUp<D>, { behind }: Pick<Turn<never>, 'behind'>): Promise<void> {
    const { retry, resolve, reject } = lookUp;
    try {
      const first = await this.#find(retry);
      if (first) behind(() => this.#announcements.repeat(first, { right: undefined, resolve, reject }));
      else resolve(null);
    } catch (error) {
      reject(error);
    }
  }

  async #find(retry: Retry): Promise<D | null> {
    const { clientId } = retry;
    if (clientId === undefined) return null;
    return this.stream.model.findOne({ ...sameIn(retry, this.stream.retry), clientId }).lean<D>();
  }
}

/** Which statements of a command were refused one by one; none when it failed as a whole. */
function writeErrorsOf(error: unknown): { index: number }[] {
  const { writeErrors } = error as { writeErrors?: { index: number }[] | { index: number } };
  return [writeErrors ?? []].flat();
}
