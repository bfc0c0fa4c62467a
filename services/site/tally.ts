/**
 * What this process has done since it started, in plain numbers: cheap enough to be counted whether anybody asks for
 * /metrics or not (metrics.ts makes the text of them).
 */
import type { EventBus } from './events.js';
import type { Log } from './log.js';

/** Upper ends of the groups that durations (seconds) and batches (messages) are counted in. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const MESSAGES = [1, 2, 5, 10, 20, 50, 100];
/** Milliseconds between two lines of the log about refused handshakes. */
const SAY_MS = 60_000;

/** How often values came, in groups. */
export class Histogram {
  readonly counts: number[];
  sum = 0;
  count = 0;

  constructor(readonly ends: readonly number[]) {
    this.counts = ends.map(() => 0);
  }

  add(value: number): void {
    this.sum += value;
    this.count++;
    const at = this.ends.findIndex((end) => value <= end);
    if (at >= 0) this.counts[at] = (this.counts[at] ?? 0) + 1;
  }
}

export class Tally {
  /** Messages stored, in all places. */
  posts = 0;
  /** Messages sent to sockets and raw connections: one message to ten of them counts ten. */
  deliveries = 0;
  readonly batches = new Histogram(MESSAGES);
  readonly seconds = new Histogram(SECONDS);
  /** "METHOD status" -> requests; error code -> refusals by HTTP, events and handshakes. */
  readonly requests = new Map<string, number>();
  readonly refusals = new Map<string, number>();
  /** Pictures taken. */
  uploads = 0;
  #handshakes = 0;
  #saidAt = -Infinity;

  constructor(
    events: EventBus,
    private readonly log: Log,
  ) {
    for (const name of ['message.posted', 'lobby.posted', 'direct.sent', 'consult.said'] as const)
      events.on(name, () => void this.posts++);
  }

  /** A request was answered. @param ms milliseconds that it took. */
  answered(method: string, status: number, ms: number): void {
    add(this.requests, `${method} ${status}`);
    this.seconds.add(ms / 1000);
  }

  refused(code: string): void {
    add(this.refusals, code);
  }

  /** A handshake of Socket.IO or the gateway was refused: counted, and said once a minute with how many there were. */
  refusedHandshake(code: string): void {
    this.refused(code);
    this.#handshakes++;
    if (performance.now() - this.#saidAt < SAY_MS) return;
    this.#saidAt = performance.now();
    this.log.info({ code, handshakes: this.#handshakes }, 'connections were refused');
    this.#handshakes = 0;
  }

  /** Messages went out together to so many. */
  delivered(messages: number, receivers: number): void {
    this.deliveries += messages * receivers;
    if (receivers > 0) this.batches.add(messages);
  }
}

function add(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}
