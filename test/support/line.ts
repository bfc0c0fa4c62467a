/** A raw WebSocket client for tests: every frame it ever got, and its end. */
import { randomBytes } from 'node:crypto';
import { type ClientOptions, WebSocket } from 'ws';
import type { GatewayServerFrame as ServerFrame } from '../../schemas/gateway.js';
import { assertEventDescribed } from './described.js';
import type { TestVisitor } from './visitor.js';
import { waitFor } from './wait.js';

type FrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;

export class Raw {
  readonly frames: ServerFrame[] = [];
  closed: { code: number; reason: string } | null = null;
  refused: number | null = null;

  constructor(readonly ws: WebSocket) {
    ws.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as ServerFrame;
      this.frames.push(frame);
      assertEventDescribed('/ws', frame.type, frame);
    });
    ws.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    ws.on('error', () => undefined);
    ws.on('unexpected-response', (request, response) => {
      this.refused = response.statusCode ?? 0;
      request.destroy();
    });
  }

  send(frame: unknown): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  all<T extends ServerFrame['type']>(type: T): FrameOf<T>[] {
    return this.frames.filter((frame): frame is FrameOf<T> => frame.type === type);
  }

  hear<T extends ServerFrame['type']>(type: T, fits: (frame: FrameOf<T>) => boolean = () => true): Promise<FrameOf<T>> {
    return waitFor(`frame ${type}`, () => this.all(type).find(fits));
  }

  /** The code with which the server closed. */
  async end(): Promise<number> {
    return (await waitFor('the end of the line', () => this.closed)).code;
  }

  drop(): void {
    this.ws.terminate();
  }
}

/** Open a line with a visitor's cookie and our Origin, or with the headers given. */
export async function openLine(
  visitor: TestVisitor,
  headers?: Record<string, string>,
  options?: LineOptions,
): Promise<Raw> {
  const raw = tryLine(visitor, headers, options);
  await waitFor('an open line', () => raw.ws.readyState === WebSocket.OPEN);
  return raw;
}

/** Options of `ws`, and a port of 127.0.0.1 to go through instead of straight to the site. */
export type LineOptions = ClientOptions & { through?: number };

export function tryLine(
  visitor: TestVisitor,
  headers?: Record<string, string>,
  { through, ...options }: LineOptions = {},
): Raw {
  const { origin, host } = new URL(visitor.site.url);
  const target = through === undefined ? host : `127.0.0.1:${through}`;
  const given = { ...options, headers: headers ?? { cookie: visitor.cookie, origin } };
  return new Raw(new WebSocket(`ws://${target}/ws`, given));
}

/** Open a line and say who one is. */
export async function startLine(visitor: TestVisitor, init: object = {}, options?: LineOptions): Promise<Raw> {
  const raw = await openLine(visitor, undefined, options);
  raw.send({ type: 'init', ...init });
  await raw.hear('ready');
  return raw;
}

/** The head of an upgrade as bytes of our own. */
export const upgradeHead = (url: string, path = '/ws', headers: Record<string, string> = {}): string =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    ...Object.entries({
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      ...headers,
    }).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n');

/** One client frame, masked with zeros. */
export const clientFrame = (first: number, payload: Buffer, masked = true): Buffer =>
  Buffer.concat([
    Buffer.from([first, (masked ? 0x80 : 0) | Math.min(payload.length, 126)]),
    payload.length >= 126 ? Buffer.from([payload.length >> 8, payload.length & 255]) : Buffer.alloc(0),
    masked ? Buffer.alloc(4) : Buffer.alloc(0),
    payload,
  ]);
