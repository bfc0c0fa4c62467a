/** The origins under which browsers show our pages: only these may write or connect. */
import { networkInterfaces } from 'node:os';
import type { Config } from './config.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const ANY = ['0.0.0.0', '::'];

export class Origins {
  #allowed = new Set<string>();
  /** The address to give to people: scheme, host, port and sub-path, without a trailing slash. */
  url = '';
  /** The other addresses by which browsers may reach it. */
  others: string[] = [];

  constructor(private readonly config: Config) {}

  /** Compute the allowed origins. Called once the port is known. */
  listeningOn(port: number): void {
    const { publicUrl, host, extraOrigins, base } = this.config;
    if (publicUrl) {
      this.url = publicUrl.origin + base;
      this.others = extraOrigins.map((origin) => origin + base);
      this.#allowed = new Set([publicUrl.origin, ...extraOrigins]);
      return;
    }
    const own = ANY.includes(host) ? addresses() : [host.includes(':') ? `[${host}]` : host];
    const at = (name: string) => new URL(`http://${name}:${port}`).origin;
    this.url = `http://localhost:${port}`;
    this.others = [...own.filter(isReached).map(at), ...extraOrigins];
    this.#allowed = new Set([...LOOPBACK, ...own].map(at).concat(extraOrigins));
  }

  /** Whether an Origin header is one of ours: compared whole, neither by prefix nor with the Host header. */
  allows(origin: string | undefined): boolean {
    return origin !== undefined && this.#allowed.has(origin);
  }

  /**
   * The address that somebody may give to others: PUBLIC_URL; else the one by which they came themselves, as their Host header
   * says, if it is one of ours; and instead of one that means this machine alone, the first by which others reach it.
   */
  addressFor(host: string | undefined): string {
    if (this.config.publicUrl) return this.url;
    const outside = [...this.#allowed].filter((origin) => isReached(new URL(origin).hostname));
    return outside.find((origin) => new URL(origin).host === host) ?? this.others[0] ?? this.url;
  }

  /**
   * The WebSocket origin for the content security policy of a page under this Host: older browsers do not count it as
   * 'self'.
   */
  socketOf(host: string | undefined): string {
    for (const origin of this.#allowed) if (new URL(origin).host === host) return origin.replace(/^http/, 'ws');
    return "'self'";
  }
}

const addresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .map(({ address, family }) => (family === 'IPv6' ? `[${address.split('%')[0] ?? ''}]` : address));

/** Whether other machines reach an address as it is: not a loopback one, and no link-local one, which needs a zone. */
const isReached = (address: string): boolean => !/^(?:localhost$|127\.|169\.254\.|\[(?:::1|fe80:))/i.test(address);
