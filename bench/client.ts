/**
 * Light clients for the load process: HTTP with a cookie, and Socket.IO spoken over a bare WebSocket, so that hundreds of
 * receivers cost this process little and the site is what is measured.
 */
import { Agent, request } from 'node:http';
import WebSocket from 'ws';

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

interface Answer {
  status: number;
  text: string;
  cookie: string;
}

/** One HTTP request on a kept connection. */
export function http(url: string, method: string, cookie = '', body?: object): Promise<Answer> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const headers = {
      ...(cookie && { cookie }),
      ...(payload !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(payload),
      }),
    };
    const sent = request(url, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const set = response.headers['set-cookie']?.map((line) => line.split(';')[0]).join('; ') ?? '';
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), cookie: set });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(payload);
  });
}

/** A new visitor's cookie. */
export async function visit(url: string): Promise<string> {
  const { cookie, status } = await http(`${url}/`, 'GET');
  if (status !== 200 || !cookie) throw new Error(`GET / answered ${status}`);
  return cookie;
}

/** A socket in a namespace; `onEvent` gets the raw packet text. */
export class LightSocket {
  onEvent: (packet: string) => void = () => undefined;
  readonly #ws: WebSocket;
  readonly #acks = new Map<number, (answer: unknown) => void>();
  #nextAck = 0;

  constructor(
    url: string,
    cookie: string,
    private readonly namespace: string,
  ) {
    const { host, origin } = new URL(url);
    this.#ws = new WebSocket(`ws://${host}/socket.io/?EIO=4&transport=websocket`, { headers: { cookie, origin } });
  }

  /** Resolves once the namespace is connected. */
  open(): Promise<this> {
    return new Promise((resolve, reject) => {
      this.#ws.on('error', reject);
      this.#ws.on('close', () => reject(new Error('closed')));
      this.#ws.on('message', (data: Buffer) => {
        const packet = data.toString();
        if (packet === '2') this.#ws.send('3');
        else if (packet.startsWith('0')) this.#ws.send(`40${this.namespace},`);
        else if (packet.startsWith(`40${this.namespace},`)) resolve(this);
        else if (packet.startsWith(`44${this.namespace},`)) reject(new Error(packet));
        else if (packet.startsWith(`43${this.namespace},`)) this.#acknowledged(packet);
        else this.onEvent(packet);
      });
    });
  }

  /** Emit and wait for the acknowledgement. */
  ask(event: string, argument: unknown): Promise<unknown> {
    const id = this.#nextAck++;
    return new Promise((resolve) => {
      this.#acks.set(id, resolve);
      this.#ws.send(`42${this.namespace},${id}${JSON.stringify([event, argument])}`);
    });
  }

  close(): void {
    this.#ws.removeAllListeners('close');
    this.#ws.on('close', () => undefined);
    this.#ws.close();
  }

  #acknowledged(packet: string): void {
    const [, id = '', json = '[]'] = /^43[^,]*,(\d+)(.*)$/s.exec(packet) ?? [];
    this.#acks.get(Number(id))?.((JSON.parse(json) as unknown[])[0]);
    this.#acks.delete(Number(id));
  }
}
