/** A raw WebSocket client for tests: every frame it ever got, and its end. */
import { WebSocket } from 'ws';
import type { ServerFrame } from '../../schemas/events.js';
import type { TestVisitor } from './visitor.js';
import { waitFor } from './wait.js';

type FrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;

export class Raw {
  readonly frames: ServerFrame[] = [];
  closed: { code: number; reason: string } | null = null;
  refused: number | null = null;

  constructor(readonly ws: WebSocket) {
    ws.on('message', (data: Buffer) => this.frames.push(JSON.parse(data.toString()) as ServerFrame));
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
  async end(limitMs?: number): Promise<number> {
    return (await waitFor('the end of the line', () => this.closed, limitMs)).code;
  }

  drop(): void {
    this.ws.terminate();
  }
}

/** Open a line with a visitor's cookie and our Origin, or with the headers given. */
export async function openLine(visitor: TestVisitor, headers?: Record<string, string>): Promise<Raw> {
  const raw = tryLine(visitor, headers);
  await waitFor('an open line', () => raw.ws.readyState === WebSocket.OPEN);
  return raw;
}

export function tryLine(visitor: TestVisitor, headers?: Record<string, string>): Raw {
  const { origin, host } = new URL(visitor.site.url);
  return new Raw(new WebSocket(`ws://${host}/ws`, { headers: headers ?? { cookie: visitor.cookie, origin } }));
}

/** Open a line and say who one is. */
export async function startLine(visitor: TestVisitor, init: object = {}): Promise<Raw> {
  const raw = await openLine(visitor);
  raw.send({ type: 'init', ...init });
  await raw.hear('ready');
  return raw;
}
