/** Socket.IO over a bare WebSocket: heartbeats answered, acknowledgements matched, events handed on as bytes. */
import { WebSocketClient } from './websocket.js';

const PATH = '/socket.io/?EIO=4&transport=websocket';
/** Milliseconds for one acknowledgement: far beyond what any case waits. */
const ANSWER_MS = 60_000;

export interface SocketOptions {
  /** `/chat`, `/room`, ... */
  namespace: string;
  cookie: string;
  /** What the namespace's handshake carries. */
  auth?: object;
  /** Path of the page that opens it: the reference takes the room of a socket that leaves from there. */
  page?: string;
}

export class SocketIoClient {
  /** One event as it came, `42/chat,["chat",{...}]`. The bytes are only good until this returns. */
  onEvent: (packet: Buffer) => void = () => undefined;
  onClose: (reason: string) => void = () => undefined;
  readonly #acks = new Map<number, (json: string) => void>();
  readonly #prefix: string;
  #ws!: WebSocketClient;
  #nextAck = 0;

  private constructor(private readonly namespace: string) {
    this.#prefix = `${namespace},`;
  }

  /** Connect to a namespace. Rejects when the server refuses it. */
  static open(url: string, { namespace, cookie, auth, page = '/' }: SocketOptions): Promise<SocketIoClient> {
    const client = new SocketIoClient(namespace);
    return new Promise((resolve, reject) => {
      client.#ws = new WebSocketClient(
        url,
        { path: PATH, cookie, page },
        {
          onOpen: () => undefined,
          onClose(reason) {
            reject(new Error(reason));
            client.onClose(reason);
          },
          onText: (text) => client.#packet(text, auth, () => resolve(client), reject),
        },
      );
    });
  }

  /** Emit and wait for the acknowledgement's first argument. */
  ask(event: string, ...args: unknown[]): Promise<unknown> {
    const id = this.#nextAck++;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${event} was not acknowledged`)), ANSWER_MS);
      this.#acks.set(id, (json) => {
        clearTimeout(late);
        resolve((JSON.parse(json) as unknown[])[0]);
      });
      this.#ws.send(`42${this.#prefix}${id}${JSON.stringify([event, ...args])}`);
    });
  }

  close(): void {
    this.onClose = () => undefined;
    this.#ws.close();
  }

  /** Engine.IO kind, then Socket.IO kind: only events are frequent, and those are not decoded. */
  #packet(packet: Buffer, auth: object | undefined, connected: () => void, refused: (error: Error) => void): void {
    const kind = packet.toString('latin1', 0, 2);
    if (kind === '42') this.onEvent(packet);
    else if (kind === '2') this.#ws.send('3');
    else if (kind === '43') this.#acknowledged(packet.toString());
    else if (kind === '40') connected();
    else if (kind === '44' || kind === '41') refused(new Error(`${this.namespace}: ${packet.toString()}`));
    else if (kind.startsWith('0')) this.#ws.send(`40${this.#prefix}${auth ? JSON.stringify(auth) : ''}`);
  }

  #acknowledged(packet: string): void {
    const [, id = '', json = '[]'] = /^43[^,]*,(\d+)(.*)$/s.exec(packet) ?? [];
    this.#acks.get(Number(id))?.(json);
    this.#acks.delete(Number(id));
  }
}

/** Whether an acknowledgement says yes. */
export const isOk = (answer: unknown): boolean => (answer as { ok?: unknown } | null)?.ok === true;
