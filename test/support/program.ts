/** A program as the site meets one: no cookie, no origin; a token, and JSON. */
import type { Person } from '../../schemas/people/contract.js';
import type { RoomView } from '../../schemas/rooms/contract.js';
import { assertDescribed } from './api-schema.js';
import { type Ear, type Reachable, TestVisitor } from './visitor.js';

export interface ApiAnswer {
  status: number;
  headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test knows what it asked for
  body: any;
}

/** Ask the API as nobody; the answer has to be as the API describes it. @param path below /api/v1. A body that is an object is sent as JSON. */
export async function ask(
  { url }: Reachable,
  method: string,
  path: string,
  body?: object | string | FormData,
  headers: Record<string, string> = {},
): Promise<ApiAnswer> {
  const isJson = typeof body === 'object' && !(body instanceof FormData);
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    redirect: 'manual',
    headers: { ...(isJson && { 'Content-Type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
  });
  const text = await answer.text();
  const parsed = text === '' ? null : (JSON.parse(text) as unknown);
  assertDescribed(method, path, answer.status, parsed);
  return { status: answer.status, headers: answer.headers, body: parsed };
}

export class Program {
  constructor(
    readonly site: Reachable,
    readonly visitor: Person,
    readonly token: string,
  ) {}

  ask(method: string, path: string, body?: object | string | FormData, headers: Record<string, string> = {}) {
    return ask(this.site, method, path, body, { Authorization: `Bearer ${this.token}`, ...headers });
  }

  async createRoom(body: object): Promise<RoomView> {
    const { status, body: room } = await this.ask('POST', '/rooms', body);
    if (status !== 201) throw new Error(`POST /rooms answered ${status}`);
    return room as RoomView;
  }

  /** A socket on a namespace that says by the token who it is. */
  connect(namespace = '/chat', token: unknown = this.token): Ear {
    return new TestVisitor(this.site).connect(namespace, { extraHeaders: {}, auth: { token } });
  }
}

/** A new visitor without a browser. */
export async function program(site: Reachable): Promise<Program> {
  const { status, body } = await ask(site, 'POST', '/visitors');
  if (status !== 201) throw new Error(`POST /visitors answered ${status}`);
  const { visitor, token } = body as { visitor: Person; token: string };
  return new Program(site, visitor, token);
}
