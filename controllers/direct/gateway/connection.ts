/** One raw WebSocket connection: what is sent on it, how much may wait, and what is known of who is on the other side. */
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { GatewayServerFrame } from '../../../schemas/gateway.js';
import type { DirectMessages } from '../../../services/direct/direct.js';
import type { Identity } from '../../../services/people/tokens.js';
import { typingPace } from '../../sockets/typing.js';
import { MailFeed } from './mail-feed.js';

/** Bytes that may wait for a slow reader before the connection is closed. */
const BUFFER_MAX = 1024 * 1024;
/** The close code of an end without a closing handshake. */
const ABNORMAL = 1006;

export const CLOSE = {
  bad: 4400,
  noAuth: 4401,
  forbidden: 4403,
  rate: 4429,
  slow: 1013,
  failed: 1011,
  restart: 1012,
} as const;

interface Options {
  /** As limits count it. */
  address: string;
  /** Whom the cookie of the upgrade names. */
  cookie: Identity | null;
  /** A frame as JSON. */
  encode: (frame: GatewayServerFrame) => string;
  direct: DirectMessages;
  /** Milliseconds between the close frame and the end of a connection whose reader does not take it. */
  lingerMs: number;
}

export class GatewayConnection {
  readonly id = `ws:${randomUUID()}`;
  readonly address: string;
  readonly cookie: Identity | null;
  /** Who it is, once its first frame has said so. */
  identity: Identity | null = null;
  /** Has been told `ready`, which is the first frame of every connection. */
  isReady = false;
  /** Answered the last ping. */
  isAlive = true;
  /** Rate breaches, and frames that were none. */
  breaches = 0;
  badFrames = 0;
  /** Messages to its visitor, in order. */
  readonly mail: MailFeed;
  readonly mayTellTyping = typingPace();
  readonly #lingerMs: number;
  readonly #encode: Options['encode'];

  constructor(
    readonly ws: WebSocket,
    { address, cookie, direct, encode, lingerMs }: Options,
  ) {
    this.address = address;
    this.cookie = cookie;
    this.#lingerMs = lingerMs;
    this.#encode = encode;
    this.mail = new MailFeed(this, direct);
    let isBroken = false;
    ws.on('error', () => (isBroken = true));
    // A pong repeats what its ping said: all that was sent before it has been received.
    ws.on('pong', (data) => {
      this.isAlive = true;
      this.mail.receivedUpTo(Number(data.toString()));
    });
    // So has what was sent before the other side's part of the closing handshake.
    ws.on('close', (code) => {
      if (code !== ABNORMAL && !isBroken) this.mail.receivedAll();
    });
  }

  get isOpen(): boolean {
    return this.ws.readyState === WebSocket.OPEN;
  }

  /** Bytes that wait for the reader. */
  get waitingBytes(): number {
    return this.ws.bufferedAmount;
  }

  ping(): void {
    if (this.isOpen) this.ws.ping(this.mail.askReceived());
  }

  /** @returns whether it went out: not on a connection that ends, or has to because too much waits already. */
  send(frame: GatewayServerFrame): boolean {
    return this.sendText(this.#encode(frame));
  }

  /** The same for a frame that was encoded for many. */
  sendText(text: string): boolean {
    if (!this.isOpen) return false;
    if (this.waitingBytes > BUFFER_MAX) {
      this.close(CLOSE.slow, 'too slow');
      return false;
    }
    this.ws.send(text);
    return true;
  }

  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    this.ws.close(code, reason);
    setTimeout(() => this.ws.terminate(), this.#lingerMs).unref();
  }
}
