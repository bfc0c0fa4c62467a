/** Who posts, and how: prepared once, so that a post costs the load process little more than the write. */
import { checked, HttpConnection, requestBytes } from '../clients/http.js';
import { GatewayClient } from '../clients/gateway.js';
import { isOk, SocketIoClient } from '../clients/socket-io.js';
import type { Groups } from './groups.js';
import { restamp, stampedText } from './stamp.js';

/** Somebody who posts, one message at a time. `receivers` is how many sockets receive each. */
export type PosterSpec = { receivers: number } & (
  | { via: 'http'; cookie: string; path: string; field: 'chat' | 'message' }
  /** Over a socket of a group: `index` in the list that opened it. */
  | { via: 'socket'; group: string; index: number; event: string; room: string }
  | { via: 'gateway'; group: string; index: number; to: string }
);

export interface Poster {
  receivers: number;
  /** Post a text stamped with this time. Resolves when the server says it is stored. */
  post(at: number): Promise<void>;
  close(): void;
}

export function preparePoster(url: string, spec: PosterSpec, groups: Groups): Promise<Poster> {
  if (spec.via === 'http') return overHttp(url, spec);
  return Promise.resolve(spec.via === 'socket' ? overSocket(spec, groups) : overGateway(spec, groups));
}

type Of<Via extends PosterSpec['via']> = Extract<PosterSpec, { via: Via }>;

async function overHttp(url: string, { cookie, path, field, receivers }: Of<'http'>): Promise<Poster> {
  const http = await HttpConnection.open(url);
  const bytes = requestBytes(url, 'POST', path, { cookie, body: { [field]: stampedText(0) } });
  return {
    receivers,
    async post(at) {
      restamp(bytes, at);
      checked(await http.send(bytes), `POST ${path}`);
    },
    close: () => http.close(),
  };
}

function overSocket({ group, index, event, room, receivers }: Of<'socket'>, groups: Groups): Poster {
  const socket = groups.socket(group, index);
  if (!(socket instanceof SocketIoClient)) throw new Error(`${group} does not speak Socket.IO`);
  return {
    receivers,
    async post(at) {
      const answer = await socket.ask(event, { room, chat: stampedText(at) });
      if (!isOk(answer)) throw new Error(`${event} was answered ${JSON.stringify(answer)}`);
    },
    close: () => undefined,
  };
}

function overGateway({ group, index, to, receivers }: Of<'gateway'>, groups: Groups): Poster {
  const socket = groups.socket(group, index);
  if (!(socket instanceof GatewayClient)) throw new Error(`${group} is not of the raw gateway`);
  return {
    receivers,
    post: (at) => socket.send(to, stampedText(at), `${index}.${at}`),
    close: () => undefined,
  };
}
