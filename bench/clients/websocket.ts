/**
 * A WebSocket client that costs next to nothing: one read buffer for all sockets, frames handed on as bytes, no
 * masking work. It speaks only what our servers send (whole, unmasked frames without compression).
 */
import { connect, type Socket } from 'node:net';

const READ_BYTES = 256 * 1024;
const OPCODE = { text: 1, close: 8, ping: 9, pong: 10 } as const;

/** Unix reads and calls back in one step, so that all sockets can share a buffer; Windows keeps reads pending. */
const shared = Buffer.allocUnsafe(READ_BYTES);
const readBuffer = (): Buffer => (process.platform === 'win32' ? Buffer.allocUnsafe(16_384) : shared);

interface Listeners {
  /** One text message. The bytes are only good until this returns. */
  onText(text: Buffer): void;
  /** The connection ended, for whatever reason; called once, also when it never opened. */
  onClose(reason: string): void;
  onOpen(): void;
}

export class WebSocketClient {
  readonly #socket: Socket;
  #rest: Buffer | null = null;
  #upgraded = false;
  #reason = 'the server closed the connection';

  /** @param page the page that is said to open it. */
  constructor(
    url: string,
    { path, cookie, page = '/' }: { path: string; cookie: string; page?: string },
    private readonly listeners: Listeners,
  ) {
    const { host, hostname, port, origin } = new URL(url);
    const callback = (bytes: number, buffer: Uint8Array): boolean => {
      this.#read(buffer.subarray(0, bytes) as Buffer);
      return true;
    };
    this.#socket = connect({ host: hostname, port: Number(port), onread: { buffer: readBuffer(), callback } });
    this.#socket.setNoDelay(true);
    this.#socket.on('error', (error) => (this.#reason = error.message));
    this.#socket.on('close', () => listeners.onClose(this.#reason));
    const head = [
      `GET ${path} HTTP/1.1`,
      `Host: ${host}`,
      `Origin: ${origin}`,
      `Referer: ${origin}${page}`,
      `Cookie: ${cookie}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ];
    this.#socket.write(`${head.join('\r\n')}\r\n\r\n`);
  }

  send(text: string): void {
    this.#write(OPCODE.text, Buffer.from(text));
  }

  close(): void {
    this.#reason = 'closed by this client';
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = this.#upgraded ? 0 : this.#upgrade(bytes);
    while (this.#upgraded) {
      const frame = frameAt(bytes, at);
      if (!frame) break;
      this.#frame((bytes[at] ?? 0) & 15, bytes.subarray(frame.start, frame.end));
      at = frame.end;
    }
    // A copy: the next read overwrites the buffer.
    this.#rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : null;
  }

  /** Read the answer to the upgrade. @returns how many bytes it took, 0 while it is not whole. */
  #upgrade(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return 0;
    const status = bytes.toString('latin1', 9, 12);
    if (status === '101') {
      this.#upgraded = true;
      this.listeners.onOpen();
    } else {
      this.#reason = `the upgrade was answered ${status}`;
      this.#socket.destroy();
    }
    return end + 4;
  }

  #frame(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.text) this.listeners.onText(payload);
    else if (opcode === OPCODE.ping) this.#write(OPCODE.pong, payload);
    else if (opcode === OPCODE.close) {
      this.#reason = `the server closed with ${payload.length >= 2 ? payload.readUInt16BE(0) : 'no code'}`;
      this.#socket.destroy();
    } else if (opcode !== OPCODE.pong) this.#socket.destroy(new Error(`a frame of kind ${opcode}`));
  }

  /** One frame. Its mask is four zeros, which is a mask like any other and leaves the bytes as they are. */
  #write(opcode: number, payload: Buffer): void {
    const { length } = payload;
    const size = length < 126 ? 2 : length < 65_536 ? 4 : 10;
    const frame = Buffer.alloc(size + 4 + length);
    frame[0] = 0x80 | opcode;
    frame[1] = 0x80 | (size === 2 ? length : size === 4 ? 126 : 127);
    if (size > 2) frame.writeUIntBE(length, size === 4 ? 2 : 4, size === 4 ? 2 : 6);
    payload.copy(frame, size + 4);
    this.#socket.write(frame);
  }
}

/** Where the payload of the frame at `at` lies; null while it is not whole. */
function frameAt(bytes: Buffer, at: number): { start: number; end: number } | null {
  if (bytes.length < at + 2) return null;
  const short = (bytes[at + 1] ?? 0) & 127;
  const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2);
  if (bytes.length < start) return null;
  const length = short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? bytes.readUIntBE(at + 4, 6) : short;
  return bytes.length < start + length ? null : { start, end: start + length };
}
