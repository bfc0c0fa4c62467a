/**
 * Every Engine.IO connection, whatever namespaces it carries: how many one address and one visitor may hold, and which
 * must go because their reader is too slow or their session has ended.
 */
import type { IncomingMessage } from 'node:http';
import type { Identity } from '../../services/people/tokens.js';
import type { Client } from './handshake.js';
import type { Site } from '../site/site.js';

/** The part of an Engine.IO socket that is used here. */
export interface Connection {
  request: IncomingMessage | null;
  writeBuffer: { data?: unknown }[];
  close(discard?: boolean): void;
  on(event: 'close', listener: () => void): void;
}

/** Packets, and bytes, that wait for one reader before it is let go: it catches up when it comes back. */
const WAITING_MAX = 256;
const WAITING_BYTES_MAX = 4 * 1024 * 1024;
const LOOK_MS = 1_000;
/** Milliseconds in which one connection too many may ask for a namespace and hear why it gets none. */
const REFUSED_MS = 2_000;
const SESSIONS_MS = 30_000;
/** Sessions whose namespaces one connection may carry: a program may bring a token a namespace. */
const IDENTITIES_MAX = 6;

/** Whose connection it is: from where, and the hashes of its sessions with their visitors; none while nobody is known. */
interface Known {
  address: string;
  sessions: string[];
  visitors: string[];
}

export class Connections {
  /** All that are open, and whose they are. */
  readonly #all = new Map<Connection, Known>();
  /** Those too many, which wait to be told so. */
  readonly #refused = new WeakSet<object>();
  /** How many each address, and each visitor, holds. */
  readonly #held = { address: new Map<string, number>(), visitor: new Map<string, number>() };
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(private readonly site: Site) {}

  start(): void {
    this.#timers.push(setInterval(() => this.#closeSlow(), LOOK_MS).unref());
    const { log } = this.site;
    const look = () =>
      void this.#closeEnded().catch((error: unknown) => log.warn({ err: error }, 'sessions were not looked at'));
    this.#timers.push(setInterval(look, SESSIONS_MS).unref());
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Count a new connection. If its address or visitor holds too many it is let into no namespace, and closed soon. */
  add(connection: Connection, { address, visitor, session }: Client): void {
    const { limits } = this.site.services;
    const known = visitor ? { sessions: [session], visitors: [visitor.id] } : { sessions: [], visitors: [] };
    this.#all.set(connection, { address, ...known });
    const count = (by: number) => [
      countIn(this.#held.address, address, by) <= limits.atOnce('sockets_ip'),
      !visitor || countIn(this.#held.visitor, visitor.id, by) <= limits.atOnce('sockets'),
    ];
    const isTooMany = count(1).includes(false);
    const timer = isTooMany ? setTimeout(() => connection.close(true), REFUSED_MS).unref() : undefined;
    if (isTooMany) this.#refused.add(connection);
    connection.on('close', () => {
      clearTimeout(timer);
      this.#all.delete(connection);
      count(-1);
    });
  }

  /**
   * A namespace was opened with a token: its visitor holds this connection, too, which ends with that session.
   * @returns whether they may.
   */
  identify(connection: object, { visitor, session }: Identity): boolean {
    const known = this.#all.get(connection as Connection);
    if (!known || known.sessions.includes(session)) return known !== undefined;
    const { id } = visitor;
    if (known.sessions.length >= IDENTITIES_MAX) return false;
    if ((this.#held.visitor.get(id) ?? 0) >= this.site.services.limits.atOnce('sockets')) return false;
    countIn(this.#held.visitor, id, 1);
    known.sessions.push(session);
    known.visitors.push(id);
    (connection as Connection).on('close', () => void countIn(this.#held.visitor, id, -1));
    return true;
  }

  /** Whether a connection is one too many. */
  isRefused(connection: object): boolean {
    return this.#refused.has(connection);
  }

  /** Whether an address may hold one more. */
  hasRoom(address: string): boolean {
    return (this.#held.address.get(address) ?? 0) < this.site.services.limits.atOnce('sockets_ip');
  }

  /** Count a raw connection. @returns what counts it no more. */
  reserve(address: string): () => void {
    countIn(this.#held.address, address, 1);
    return () => void countIn(this.#held.address, address, -1);
  }

  /** Cut off whom the operator keeps out of the site. */
  closeBanned(): void {
    const { siteBans } = this.site.services;
    for (const [connection, { visitors, address }] of this.#all)
      if ([null, ...visitors].some((visitor) => siteBans.secondsLeft(visitor, address) > 0)) connection.close(true);
  }

  #closeSlow(): void {
    for (const connection of this.#all.keys()) {
      const isSlow = connection.writeBuffer.length > WAITING_MAX || waitingBytes(connection) > WAITING_BYTES_MAX;
      if (isSlow) connection.close(true);
    }
  }

  async #closeEnded(): Promise<void> {
    const connections = [...this.#all];
    const all = connections.flatMap(([, { sessions }]) => sessions);
    const alive = await this.site.services.tokens.alive([...new Set(all)]);
    for (const [connection, { sessions }] of connections)
      if (sessions.length === 0 || !sessions.every((session) => alive.has(session))) connection.close(true);
  }
}

/** Bytes of packets that wait for a reader, beside what its transport is sending. */
export function waitingBytes({ writeBuffer }: Pick<Connection, 'writeBuffer'>): number {
  let bytes = 0;
  for (const { data } of writeBuffer) {
    if (typeof data === 'string' || Buffer.isBuffer(data)) bytes += data.length;
  }
  return bytes;
}

function countIn(held: Map<string, number>, key: string, by: number): number {
  const count = (held.get(key) ?? 0) + by;
  if (count > 0) held.set(key, count);
  else held.delete(key);
  return count;
}
