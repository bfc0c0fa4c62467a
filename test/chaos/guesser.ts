/** Many addresses that send wrong passwords, each within its own limits: the flood `passwords` of flooder.ts. */
import { setTimeout as after } from 'node:timers/promises';
import type { Flooded, Order } from './flooder.js';

const ADDRESSES = 30;
/** So that none of them is refused for its own tries: 8 in a room of its turn. */
const VISITORS_AN_ADDRESS = 3;
/** Milliseconds between two passwords of an address: what `password_check_ip` allows. Addresses are spread over them. */
const EVERY_MS = 500;

export interface Guesser {
  address: string;
  cookie: string;
}

/** All of them, by address, each with a session. */
export function guessersOf(url: string): Promise<Guesser[][]> {
  const addresses = Array.from({ length: ADDRESSES }, (_, number) => `198.51.100.${number + 1}`);
  return Promise.all(addresses.map((address) => arriveFrom(url, address)));
}

/** Sends until the order's time is over. @returns what was answered: its code, or its status. */
export class Guesses {
  readonly #flooded: Flooded = { sent: 0, answers: {}, closed: 0 };

  constructor(private readonly order: Order) {}

  async run(): Promise<Flooded> {
    const began = performance.now();
    const all: Promise<void>[] = [];
    for (let sent = 0; performance.now() - began < this.order.ms; sent++) {
      const [turn, number] = [Math.floor(sent / ADDRESSES), sent % ADDRESSES];
      const own = this.order.guessers[number] ?? [];
      const guesser = own[turn % own.length];
      if (guesser) all.push(this.#guess(guesser, (number + turn) % this.order.doors.length));
      await after(Math.max(0, began + ((sent + 1) * EVERY_MS) / ADDRESSES - performance.now()));
    }
    await Promise.all(all);
    return this.#flooded;
  }

  async #guess({ address, cookie }: Guesser, door: number): Promise<void> {
    this.#flooded.sent += 1;
    const headers = {
      cookie,
      accept: 'application/json',
      'content-type': 'application/json',
      'x-forwarded-for': address,
    };
    const body = JSON.stringify({ password: `guess ${this.#flooded.sent}` });
    const url = `${this.order.url}/room/${this.order.doors[door]}/enter`;
    const answer = await fetch(url, { method: 'POST', headers, body }).then(
      async (response) => {
        const { error } = (await response.json()) as { error?: { code: string } };
        return error?.code ?? String(response.status);
      },
      () => 'no answer',
    );
    this.#flooded.answers[answer] = (this.#flooded.answers[answer] ?? 0) + 1;
  }
}

async function arriveFrom(url: string, address: string): Promise<Guesser[]> {
  const guessers: Guesser[] = [];
  for (let number = 0; number < VISITORS_AN_ADDRESS; number++) {
    const response = await fetch(url, { headers: { accept: 'text/html', 'x-forwarded-for': address } });
    await response.arrayBuffer();
    guessers.push({ address, cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' });
  }
  return guessers;
}
