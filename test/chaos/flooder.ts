/**
 * One address that floods, as a process of its own: fifteen visitors with sockets that send within the limit of events a
 * socket, and come back when they are closed. floods.chaos.ts says which flood, and measures what others notice of it.
 */
import { setTimeout as after } from 'node:timers/promises';
import { SocketIoClient } from '../../bench/clients/socket-io.js';
import { type Guesser, Guesses } from './guesser.js';

/** What a flood needs; the seed decides the order of things. */
export interface Order {
  kind: 'lobby' | 'chat' | 'spread' | 'handshakes' | 'passwords';
  url: string;
  /** Of its visitors, all from one address. */
  cookies: string[];
  /** A room with history that all of them may enter. */
  room: string;
  /** Rooms with a password, and who guesses it, by address. */
  doors: string[];
  guessers: Guesser[][];
  ms: number;
}

/** What became of it: events or handshakes that were sent, by how they were answered. */
export interface Flooded {
  sent: number;
  answers: Record<string, number>;
  /** Sockets of the flood that the site closed. */
  closed: number;
}

type Event = [name: string, ...args: unknown[]];

const SOCKETS_A_VISITOR = 4;
/** Below the 100 events in ten seconds that a socket may send. */
const EVENTS_A_SECOND = 9;
const SPREAD_A_SECOND = 1_000;
const HANDSHAKES_A_SECOND = 135;
/** Milliseconds after which a socket that was closed or refused comes again. */
const AGAIN_MS = 500;
const NAMESPACES = ['/', '/chat', '/lobby', '/direct', '/consult'] as const;
type Namespace = (typeof NAMESPACES)[number];

class Flood {
  readonly flooded: Flooded = { sent: 0, answers: {}, closed: 0 };
  readonly #end: number;
  /** Sockets that are open now. */
  readonly #open = new Set<SocketIoClient>();

  constructor(private readonly order: Order) {
    this.#end = performance.now() + order.ms;
  }

  async run(): Promise<Flooded> {
    const { kind, cookies } = this.order;
    const work: Promise<void>[] = [];
    const sit = (cookie: string, visitor: number, namespace: Namespace, rate: number) =>
      work.push(this.#stay(cookie, namespace, this.#eventOf(namespace, visitor, cookies), rate));
    for (const [visitor, cookie] of cookies.entries()) {
      for (let socket = 0; socket < SOCKETS_A_VISITOR; socket++) {
        if (kind === 'lobby' || kind === 'chat') sit(cookie, visitor, `/${kind}`, EVENTS_A_SECOND);
        if (kind !== 'spread') continue;
        const rate = SPREAD_A_SECOND / (cookies.length * SOCKETS_A_VISITOR * NAMESPACES.length);
        for (const namespace of NAMESPACES) sit(cookie, visitor, namespace, rate);
      }
    }
    if (kind === 'handshakes') work.push(this.#shakeHands());
    await Promise.all(work);
    for (const socket of this.#open) socket.close();
    return this.flooded;
  }

  #eventOf(namespace: Namespace, visitor: number, cookies: string[]): Event {
    const events: Record<Namespace, Event> = {
      '/': ['reply', 1],
      '/chat': ['join', { room: this.order.room, after: 0 }],
      '/lobby': ['join', { name: `flooder ${visitor}`, after: 0 }],
      '/direct': ['read', { with: String(visitor % cookies.length).padStart(32, '0'), upTo: 1 }],
      '/consult': ['resume-consult'],
    };
    return events[namespace];
  }

  /** Keep one socket, and send from it at its pace. */
  async #stay(cookie: string, namespace: Namespace, event: Event, rate: number): Promise<void> {
    await after((Math.random() * 1000) / rate);
    while (performance.now() < this.#end) {
      const socket = await this.#connect(cookie, namespace);
      if (!socket) {
        await after(AGAIN_MS);
        continue;
      }
      const began = performance.now();
      for (let turn = 1; this.#open.has(socket) && performance.now() < this.#end; turn++) {
        this.#send(socket, event);
        await after(Math.max(0, began + (turn * 1000) / rate - performance.now()));
      }
    }
  }

  async #shakeHands(): Promise<void> {
    const { cookies } = this.order;
    const began = performance.now();
    const all: Promise<void>[] = [];
    for (let turn = 0; performance.now() < this.#end; turn++) {
      const connect = async () => {
        const namespace = NAMESPACES[turn % NAMESPACES.length] ?? '/';
        this.flooded.sent += 1;
        const socket = await this.#connect(cookies[turn % cookies.length] ?? '', namespace);
        this.#count(socket ? 'ok' : 'refused');
        socket?.close();
        if (socket) this.#open.delete(socket);
      };
      all.push(connect());
      await after(Math.max(0, began + ((turn + 1) * 1000) / HANDSHAKES_A_SECOND - performance.now()));
    }
    await Promise.all(all);
  }

  async #connect(cookie: string, namespace: Namespace): Promise<SocketIoClient | null> {
    try {
      const socket = await SocketIoClient.open(this.order.url, { namespace, cookie });
      this.#open.add(socket);
      socket.onClose = () => {
        this.#open.delete(socket);
        this.flooded.closed += 1;
      };
      return socket;
    } catch {
      return null;
    }
  }

  #send(socket: SocketIoClient, event: Event): void {
    this.flooded.sent += 1;
    socket.ask(...event).then(
      (answer) => this.#count((answer as { error?: { code: string } } | undefined)?.error?.code ?? 'ok'),
      () => undefined,
    );
  }

  #count(answer: string): void {
    this.flooded.answers[answer] = (this.flooded.answers[answer] ?? 0) + 1;
  }
}

process.on('message', (order: Order) => {
  const flood = order.kind === 'passwords' ? new Guesses(order) : new Flood(order);
  void flood.run().then((flooded) => process.send?.(flooded, () => process.exit(0)));
});
process.on('disconnect', () => process.exit(0));
