/**
 * Counts every message that was attempted, answered as stored, and read back. Lost: answered and not read, or read under
 * another number. Unexpected: read and never attempted. A message that was stored although its answer was lost is
 * neither.
 */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { MessageView } from '../../schemas/rooms/contract.js';
import { arrive, type Reachable, type TestVisitor } from '../support/visitor.js';

export class Checker {
  readonly attempted = new Set<string>();
  readonly answered = new Map<string, MessageView>();
  readonly lost: string[] = [];
  readonly doubled: string[] = [];
  readonly unexpected: string[] = [];
  readonly disordered: string[] = [];

  /** Compare all that one room holds, in the order in which it was read. */
  check(room: string, stored: MessageView[]): void {
    const seen = new Map<string, MessageView>();
    for (const [index, message] of stored.entries()) {
      const text = message.chat ?? '';
      if (seen.has(text)) this.doubled.push(text);
      if (!this.attempted.has(text)) this.unexpected.push(text);
      if (index > 0 && message.seq <= (stored[index - 1]?.seq ?? 0)) this.disordered.push(text);
      seen.set(text, message);
    }
    for (const [text, message] of this.answered)
      if (message.room === room && seen.get(text)?.seq !== message.seq) this.lost.push(text);
  }

  get figures() {
    const { answered, lost, doubled, unexpected, disordered } = this;
    return {
      answered: answered.size,
      lost: lost.length,
      doubled: doubled.length,
      unexpected: unexpected.length,
      disordered: disordered.length,
    };
  }

  /** @throws when anything was lost, doubled, made up or out of order. */
  assertSound(): void {
    const { lost, doubled, unexpected, disordered } = this;
    const none = { lost: [], doubled: [], unexpected: [], disordered: [] };
    assert.deepEqual({ lost, doubled, unexpected, disordered }, none);
  }
}

/** One try of a post: when it began and was answered (milliseconds of `performance.now`), and with what; 0: not at all. */
export interface Try {
  began: number;
  ended: number;
  status: number;
}

/** A server without unique indexes that have a filter stores what is sent again twice: there nothing is (CHAOS_RETRIES=0). */
const RETRIES = process.env['CHAOS_RETRIES'] !== '0';

/** Visitors who post into rooms as fast as they are answered; what is not answered is sent again, as a page's outbox does. */
export class Load {
  readonly checker = new Checker();
  readonly tries: Try[] = [];
  /** Answers that are neither 200 nor 503, with their code. */
  readonly odd = new Set<string>();
  readonly rooms: { id: string; posters: TestVisitor[] }[] = [];
  #loops: Promise<void>[] = [];
  #isOver = false;

  /** @param pauseMs between two posts of one visitor. */
  static async start(site: Reachable, rooms: number, posters: number, pauseMs = 0): Promise<Load> {
    const load = new Load();
    for (let index = 0; index < rooms; index++) {
      const people = await Promise.all(Array.from({ length: posters }, () => arrive(site)));
      const { _id: id } = await people[0]!.createRoom({ title: `room ${index}` });
      for (const poster of people) await poster.open(id);
      load.rooms.push({ id, posters: people });
    }
    load.#loops = load.rooms.flatMap(({ id, posters }) =>
      posters.map((poster, who) => load.#post(id, poster, who, pauseMs)),
    );
    return load;
  }

  async #post(room: string, poster: TestVisitor, who: number, pauseMs: number): Promise<void> {
    for (let number = 0; !this.#isOver; number++) {
      const text = `${room}:${who}:${number}`;
      this.checker.attempted.add(text);
      for (;;) {
        const began = performance.now();
        const answer = await poster.post(room, text, text.replaceAll(':', '-')).catch(() => null);
        this.tries.push({ began, ended: performance.now(), status: answer?.status ?? 0 });
        if (answer && ![200, 503].includes(answer.status))
          this.odd.add(`${answer.status} ${answer.body.error?.code ?? answer.text.slice(0, 200)}`);
        if (answer?.status === 200) {
          this.checker.answered.set(text, answer.body as MessageView);
          break;
        }
        await wait(100);
        if (!RETRIES) break;
      }
      if (pauseMs > 0) await wait(pauseMs);
    }
  }

  /** Let everybody finish what they are sending. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }

  /** Read every room back and compare. */
  async check(): Promise<Checker> {
    for (const { id, posters } of this.rooms) this.checker.check(id, await posters[0]!.readAll(id));
    return this.checker;
  }
}
