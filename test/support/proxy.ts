/** A TCP proxy on loopback that can fall silent, cut its lines, or count what passes: a bad network on demand. */
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from './certificate.js';

export class Proxy {
  readonly #lines = new Set<Socket>();
  #frozen = false;
  #away = false;
  #mute = false;
  readonly #server: Server;
  port = 0;
  /** Hears every chunk on its way to the target. */
  onRequest: (chunk: Buffer) => void = () => undefined;

  private constructor(
    public target: NetConnectOpts,
    tls: Certificate | undefined,
  ) {
    const accept = (near: Socket) => this.#accept(near);
    this.#server = tls
      ? createTlsServer({ cert: readFileSync(tls.certificate), key: readFileSync(tls.key) }, accept)
      : createServer(accept);
    this.#server.on('tlsClientError', () => undefined);
  }

  /** @param target port or socket path of what stands behind it. @param tls what it shows to clients that speak TLS. */
  static async open(target: NetConnectOpts, tls?: Certificate): Promise<Proxy> {
    const proxy = new Proxy(target, tls);
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening');
    const address = proxy.#server.address();
    proxy.port = typeof address === 'object' && address ? address.port : 0;
    return proxy;
  }

  /** Cut every line and take no new one. */
  cut(): void {
    this.#away = true;
    for (const line of this.#lines) line.destroy();
  }

  /** Let no byte through, without telling anybody. */
  freeze(): void {
    this.#frozen = true;
    for (const line of this.#lines) line.pause();
  }

  /** Let requests through, and lose every answer. Connections have to be cut afterwards: bytes are missing in them. */
  mute(): void {
    this.#mute = true;
  }

  /** Be a good network again. */
  restore(): void {
    this.#mute = false;
    this.#away = false;
    this.#frozen = false;
    for (const line of this.#lines) line.resume();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(near: Socket): void {
    if (this.#away) return void near.destroy();
    const far = connect(this.target);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#lines.add(from);
      from.on('data', (chunk: Buffer) => {
        if (from === near) this.onRequest(chunk);
        else if (this.#mute) return;
        if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => {
        if (!this.#frozen) from.resume();
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#lines.delete(from);
        to.destroy();
      });
      if (this.#frozen) from.pause();
    }
  }
}

/** Where a mongodb URL of the embedded store leads, for a proxy to stand before it. */
export function targetOf(databaseUrl: string): NetConnectOpts {
  const host = /^mongodb:\/\/(?:[^@/]*@)?([^/]+)/.exec(databaseUrl)?.[1] ?? '';
  const place = decodeURIComponent(host);
  if (place.startsWith('/')) return { path: place };
  return { host: place.split(':')[0] ?? '', port: Number(place.split(':')[1]) };
}
