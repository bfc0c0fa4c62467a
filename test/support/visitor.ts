/** A visitor as the site meets one: a browser session over HTTP, and sockets that carry its cookie and our Origin. */
import { io, type ManagerOptions, type Socket, type SocketOptions as SocketIoOptions } from 'socket.io-client';
import request from 'supertest';
import type { JoinAnswer, MessageView, RoomView } from '../../schemas/rooms/contract.js';
import type { Failure } from '../../schemas/site/contract.js';
import { assertEventDescribed } from './described.js';
import { LIMIT_MS, waitFor } from './wait.js';

type Answer<T extends object = object> = ({ ok: true } & T) | Failure;

export interface PictureOptions {
  name?: string;
  type?: string;
  fields?: Record<string, string>;
}

/** Socket.IO client options, and a port of 127.0.0.1 to go through instead of straight to the site. */
export type SocketOptions = Partial<ManagerOptions & SocketIoOptions> & { through?: number };

/** What a test needs to know of a site. */
export interface Reachable {
  url: string;
  /** The authority that vouches for its certificate, where it has one. */
  ca?: string;
}

/** A socket with everything it ever heard, so that no test can register too late. */
export class Ear {
  readonly heard: { event: string; args: unknown[] }[] = [];
  /** Everything the line carried to us, as it came. */
  readonly frames: string[] = [];
  /** Why the server would not have us. */
  refusal: (Error & { data?: unknown }) | undefined;

  constructor(readonly socket: Socket) {
    socket.on('connect_error', (error: Error) => (this.refusal = error));
    const { engine } = socket.io as unknown as {
      engine?: { on(event: string, hear: (packet: unknown) => void): void };
    };
    engine?.on('packet', (packet) => this.frames.push(JSON.stringify(packet)));
    const { nsp } = socket as unknown as { nsp: string };
    socket.onAny((event: string, ...args: unknown[]) => {
      this.heard.push({ event, args });
      assertEventDescribed(nsp, event, args[0]);
    });
  }

  /** All payloads of one event so far. */
  all<T>(event: string): T[] {
    return this.heard.filter((entry) => entry.event === event).map((entry) => entry.args[0] as T);
  }

  /** The first payload that fits, now or within the time limit. */
  async hear<T>(event: string, fits: (payload: T) => boolean = () => true, limitMs?: number): Promise<T> {
    const found = await waitFor(
      `event ${event}`,
      () => this.all<T>(event).flatMap((payload) => (fits(payload) ? [{ payload }] : []))[0],
      limitMs,
    );
    return found.payload;
  }

  /** Emit with an acknowledgement. */
  ask<T extends object>(event: string, ...args: unknown[]): Promise<Answer<T>> {
    return this.socket.timeout(LIMIT_MS).emitWithAck(event, ...args) as Promise<Answer<T>>;
  }

  join(target: unknown): Promise<Answer<JoinAnswer>> {
    return this.ask<JoinAnswer>('join', target);
  }

  /** Wait to be refused. @returns the message of `connect_error`. */
  async refused(): Promise<string> {
    const error = await waitFor('a refusal', () => this.refusal);
    this.close();
    return error.message;
  }

  close(): void {
    this.socket.disconnect();
  }
}

export class TestVisitor {
  readonly ears: Ear[] = [];
  readonly agent: ReturnType<typeof request.agent>;
  cookie = '';
  /** Own visitor id and colour, as the pages tell them. */
  id = '';
  color = '';

  constructor(readonly site: Reachable) {
    this.agent = request.agent(site.url, site.ca === undefined ? {} : { ca: site.ca });
  }

  /** Open the front page, which makes the session. */
  async arrive(lang = 'en'): Promise<this> {
    const response = await this.agent.get('/').set('Accept', 'text/html').set('Accept-Language', lang);
    if (response.status !== 200) throw new Error(`GET / answered ${response.status}`);
    this.cookie = [response.headers['set-cookie'] ?? []]
      .flat()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
    this.id = /data-me="([0-9a-f]+)"/.exec(response.text)?.[1] ?? '';
    this.color = /data-color="(#[0-9a-f]+)"/.exec(response.text)?.[1] ?? '';
    return this;
  }

  /** Create a room as a JSON client and return its view. */
  async createRoom(body: object): Promise<RoomView> {
    const response = await this.agent.post('/room').send(body);
    if (response.status !== 201) throw new Error(`POST /room answered ${response.status} ${response.text}`);
    return response.body as RoomView;
  }

  /** Open the chat page, which admits to an open room. */
  open(room: string) {
    return this.agent.get(`/room/${room}`).set('Accept', 'text/html');
  }

  enter(room: string, password: string) {
    return this.agent.post(`/room/${room}/enter`).type('form').set('Accept', 'text/html').send({ password });
  }

  post(room: string, chat: string, clientId?: string) {
    return this.agent.post(`/room/${room}/chat`).send({ chat, ...(clientId && { clientId }) });
  }

  async say(room: string, chat: string, clientId?: string): Promise<MessageView> {
    const response = await this.post(room, chat, clientId);
    if (response.status !== 200) throw new Error(`post answered ${response.status} ${response.text}`);
    return response.body as MessageView;
  }

  /** Post a picture. */
  postGif(
    room: string,
    picture: Buffer,
    { name = 'picture.gif', type = 'image/gif', fields = {} }: PictureOptions = {},
  ) {
    const sent = this.agent.post(`/room/${room}/gif`).attach('gif', picture, { filename: name, contentType: type });
    return Object.keys(fields).length > 0 ? sent.field(fields) : sent;
  }

  history(room: string, query: Record<string, unknown> = {}) {
    return this.agent.get(`/room/${room}/chats`).query(query);
  }

  /** Read everything from a cursor on, page by page. */
  async readAll(room: string, after = 0): Promise<MessageView[]> {
    const read: MessageView[] = [];
    for (;;) {
      const { status, body } = await this.history(room, { after: read.at(-1)?.seq ?? after, limit: 100 });
      if (status !== 200) throw new Error(`history answered ${status}`);
      read.push(...(body.chats as MessageView[]));
      if (!body.more) return read;
    }
  }

  remove(room: string) {
    return this.agent.delete(`/room/${room}`);
  }

  /** A socket on a namespace, connected. */
  async listen(namespace = '/chat', options: SocketOptions = {}): Promise<Ear> {
    const ear = this.connect(namespace, options);
    await waitFor(`connection to ${namespace}`, () => ear.socket.connected);
    return ear;
  }

  /** The same without waiting, for refusals. */
  connect(namespace = '/chat', options: SocketOptions = {}): Ear {
    const { origin } = new URL(this.site.url);
    const { through, ...rest } = options;
    const target = through === undefined ? origin : `http://127.0.0.1:${through}`;
    const socket = io(`${target}${namespace}`, {
      forceNew: true,
      transports: ['websocket'],
      extraHeaders: { cookie: this.cookie, origin },
      ...rest,
    });
    const ear = new Ear(socket);
    this.ears.push(ear);
    return ear;
  }

  /** Listen on /chat and take a seat in a room. */
  async sit(room: string): Promise<Ear> {
    const ear = await this.listen();
    const answer = await ear.join(room);
    if (!answer.ok) throw new Error(`join answered ${answer.error.code}`);
    return ear;
  }

  leaveAll(): void {
    for (const ear of this.ears) ear.close();
  }
}

/** Somebody new, who has opened the front page. */
export const arrive = (site: Reachable, lang?: string): Promise<TestVisitor> => new TestVisitor(site).arrive(lang);

/** The same from this address, through a proxy that the site trusts; let into a room without a password. */
export async function arriveFrom(address: string, site: Reachable, room?: string): Promise<TestVisitor> {
  const visitor = new TestVisitor(site);
  visitor.agent.set('X-Forwarded-For', address);
  await visitor.arrive();
  if (room) await visitor.open(room);
  return visitor;
}
