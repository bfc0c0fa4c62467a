// Connections: one request of a connection at a time, in order, so that each reads its own writes.
import { createServer, type Server, type Socket } from 'node:net';
import { answer, failure, type Services } from '../commands/dispatch.js';
import { CommandError } from '../errors.js';
import { answerFrame, FrameReader, parseFrame, WireError, type Request } from './frames.js';

/** Frames of one connection that may wait; then the socket is not read any further. */
const MAX_WAITING = 64;

/** More are refused: a driver's pool has 100. */
const MAX_CONNECTIONS = 2000;

export class WireServer {
  private readonly sockets = new Set<Socket>();
  private nextConnection = 1;
  readonly server: Server;

  constructor(private readonly services: () => Services | undefined) {
    this.server = createServer((socket) => this.accept(socket));
    this.server.maxConnections = MAX_CONNECTIONS;
  }

  private accept(socket: Socket): void {
    const services = this.services();
    if (!services) {
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    const connection = new Connection(socket, services, this.nextConnection++);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      connection.closed = true;
    });
    socket.on('data', (chunk) => connection.receive(chunk));
  }

  /** Stop listening and end all connections. */
  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

class Connection {
  closed = false;
  private readonly reader = new FrameReader();
  private readonly waiting: Buffer[] = [];
  private busy = false;

  constructor(
    private readonly socket: Socket,
    private readonly services: Services,
    private readonly id: number,
  ) {
    socket.setNoDelay(true);
  }

  receive(chunk: Buffer): void {
    try {
      for (const frame of this.reader.push(chunk)) this.waiting.push(frame);
    } catch {
      this.socket.destroy();
      return;
    }
    if (this.waiting.length > MAX_WAITING) this.socket.pause();
    if (!this.busy) void this.work();
  }

  private async work(): Promise<void> {
    this.busy = true;
    for (let frame = this.waiting.shift(); frame && !this.closed; frame = this.waiting.shift()) {
      await this.serve(frame);
      if (this.waiting.length === 0 && this.socket.isPaused()) this.socket.resume();
    }
    this.busy = false;
  }

  private async serve(frame: Buffer): Promise<void> {
    let request: Request;
    try {
      request = parseFrame(frame);
    } catch (error) {
      if (error instanceof WireError || !(error instanceof CommandError)) this.socket.destroy();
      else this.send({ requestId: frame.readInt32LE(4), legacy: false } as Request, failure(error));
      return;
    }
    const reply = await answer(this.services, this.id, request);
    if (!request.silent && !this.send(request, reply)) await this.drained();
  }

  /** False if the client does not keep up. */
  private send(request: Request, reply: Parameters<typeof answerFrame>[1]): boolean {
    if (this.closed) return true;
    try {
      return this.socket.write(answerFrame(request, reply));
    } catch (error) {
      return this.socket.write(answerFrame(request, failure(error)));
    }
  }

  /** Until the client has read on, or is gone: one answer at most waits in memory. */
  private drained(): Promise<void> {
    if (this.closed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.socket.off('drain', done).off('close', done);
        resolve();
      };
      this.socket.on('drain', done).on('close', done);
    });
  }
}
