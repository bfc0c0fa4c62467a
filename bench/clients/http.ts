/** HTTP over one kept connection: requests as prepared bytes, answers read by their length and not looked into. */
import { connect, type Socket } from 'node:net';

export interface Answer {
  status: number;
  /** Status line and headers. */
  head: string;
  body: Buffer;
}

interface RequestOptions {
  cookie?: string;
  /** What is sent, as JSON unless it is bytes with their own `type`. */
  body?: object | Buffer;
  type?: string;
  accept?: string;
}

/** The bytes of one request. */
export function requestBytes(url: string, method: string, path: string, options: RequestOptions = {}): Buffer {
  const { cookie, body, accept = 'application/json', type = 'application/json' } = options;
  const payload = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const head = [`${method} ${path} HTTP/1.1`, `Host: ${new URL(url).host}`, `Accept: ${accept}`];
  if (cookie) head.push(`Cookie: ${cookie}`);
  if (payload) head.push(`Content-Type: ${type}`, `Content-Length: ${payload.length}`);
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), payload ?? Buffer.alloc(0)]);
}

/** One connection, one request at a time. */
export class HttpConnection {
  #chunks: Buffer[] = [];
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;

  private constructor(
    readonly url: string,
    private readonly socket: Socket,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was closed before the answer')));
  }

  static open(url: string): Promise<HttpConnection> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new HttpConnection(url, socket)));
    });
  }

  /** Send prepared bytes. Rejects when the connection ends first. */
  send(bytes: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) return void reject(new Error('the connection is closed'));
      this.#waiting = { resolve, reject };
      this.socket.write(bytes);
    });
  }

  /** @throws Error unless the answer is of the 200s or 300s. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const answer = await this.send(requestBytes(this.url, method, path, options));
    return checked(answer, `${method} ${path}`);
  }

  close(): void {
    this.socket.destroy();
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = null;
  }

  #read(chunk: Buffer): void {
    this.#chunks.push(chunk);
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = bytes.toString('latin1', 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) return void this.socket.destroy(new Error(`an answer without a length: ${head}`));
    if (bytes.length < end + 4 + Number(length)) return;
    this.#chunks = [];
    const answer = { status: Number(head.slice(9, 12)), head, body: bytes.subarray(end + 4) };
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve(answer);
  }
}

/** The same answer. @throws Error, with what it said, unless it is of the 200s or 300s. */
export function checked(answer: Answer, what: string): Answer {
  if (answer.status >= 200 && answer.status < 400) return answer;
  throw new Error(`${what} answered ${answer.status}: ${answer.body.toString().slice(0, 300)}`);
}
