/** Sockets of one load process, in named groups: opened some at a time, their messages counted, closed together. */
import { GatewayClient } from '../clients/gateway.js';
import { isOk, SocketIoClient, type SocketOptions } from '../clients/socket-io.js';
import { now, type Tally } from './stamp.js';

/** A socket to open. */
export type SocketSpec =
  | { kind: 'gateway'; cookie: string }
  | (SocketOptions & {
      kind: 'socket.io';
      /** Asked once it is connected, and answered with yes before the socket counts as open. */
      join?: [event: string, ...args: unknown[]];
    });

export interface Connected {
  /** Milliseconds from the first attempt until the last socket was open. */
  tookMs: number;
  /** Why sockets are missing. */
  refused: string[];
}

type Client = SocketIoClient | GatewayClient;

/** Sockets whose messages are timed, of a group. */
const SAMPLED = 20;

export class Groups {
  readonly #groups = new Map<string, Client[]>();
  /** Why sockets were lost that nobody closed, since the latest run began. */
  lost: string[] = [];

  constructor(private readonly tally: Tally) {}

  /** Open a group. @param atOnce sockets that may be under way together. */
  async open(name: string, url: string, specs: SocketSpec[], atOnce: number): Promise<Connected> {
    const clients: Client[] = [];
    const refused: string[] = [];
    const sampleEvery = Math.max(1, Math.floor(specs.length / SAMPLED));
    const began = now();
    let next = 0;
    const worker = async () => {
      while (next < specs.length) {
        const index = next++;
        try {
          clients[index] = await this.#open(url, specs[index], index % sampleEvery === 0);
        } catch (error) {
          refused.push((error as Error).message);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, specs.length) }, worker));
    this.#groups.set(name, clients);
    return { tookMs: now() - began, refused };
  }

  /** A socket of a group, by its index in the list that opened it. */
  socket(group: string, index: number): Client {
    const client = this.#groups.get(group)?.[index];
    if (!client) throw new Error(`there is no socket ${index} in ${group}`);
    return client;
  }

  close(name: string): void {
    for (const client of this.#groups.get(name) ?? []) client.close();
    this.#groups.delete(name);
  }

  async #open(url: string, spec: SocketSpec | undefined, sampled: boolean): Promise<Client> {
    if (!spec) throw new Error('nothing to open');
    const receive = this.tally.listener(sampled);
    const onClose = (reason: string) => void this.lost.push(reason);
    if (spec.kind === 'gateway') {
      const client = await GatewayClient.open(url, spec.cookie);
      return Object.assign(client, { onFrame: receive, onClose });
    }
    const client = Object.assign(await SocketIoClient.open(url, spec), { onEvent: receive, onClose });
    if (!spec.join) return client;
    const answer = await client.ask(...spec.join);
    if (isOk(answer)) return client;
    client.close();
    throw new Error(`${spec.join[0]} was answered ${JSON.stringify(answer)}`);
  }
}
