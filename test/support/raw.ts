/** HTTP by hand, for what a well-behaved client would never send. */
import { connect, type Socket } from 'node:net';

/** A TCP connection that keeps what it hears. */
export class Wire {
  readonly socket: Socket;
  #heard: Buffer[] = [];
  closed = false;
  readonly ended: Promise<void>;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', (chunk: Buffer) => this.#heard.push(chunk));
    this.socket.on('error', () => undefined);
    // Not `once` of node:events, which rejects when the other side resets the connection.
    this.ended = new Promise((resolve) => {
      this.socket.once('close', () => {
        this.closed = true;
        resolve();
      });
    });
  }

  get heard(): string {
    return Buffer.concat(this.#heard).toString('latin1');
  }

  get status(): number | undefined {
    const found = /^HTTP\/1\.1 (\d{3})/.exec(this.heard)?.[1];
    return found === undefined ? undefined : Number(found);
  }

  send(data: string | Buffer): this {
    if (!this.socket.destroyed) this.socket.write(data);
    return this;
  }

  /** Drop the line as a cable pulled would look to the other side. */
  cut(): void {
    this.socket.destroy();
  }
}

/** Send bytes, say that nothing follows by asking the server to close, and return everything it answered. */
export async function rawRequest(port: number, data: string | Buffer): Promise<Wire> {
  const wire = new Wire(port).send(data);
  await wire.ended;
  return wire;
}

/** A request head, with `Connection: close`. */
export function head(port: number, line: string, headers: Record<string, string> = {}): string {
  const all: Record<string, string> = { Host: `localhost:${port}`, Connection: 'close', ...headers };
  return `${line} HTTP/1.1\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
}
