/** Socket.IO namespaces and their sockets, typed by the contract. */
import type { Namespace, Server, Socket } from 'socket.io';
import type { Namespaces } from '../../schemas/namespaces.js';
import type { AnySocket, SocketData } from './handle.js';

/** What nodes tell each other (peers.ts): which work to do, and with what; `done`: it is waited for. */
interface PeerEvents {
  everywhere: (name: string, args: unknown[], done?: () => void) => void;
}

/** Its name tells one from another: what they emit does not, for types. */
export type NamespaceOf<Path extends keyof Namespaces> = { readonly name: Path } & Namespace<
  Namespaces[Path]['client'],
  Namespaces[Path]['server'],
  PeerEvents,
  SocketData
>;

export type SocketOf<Path extends keyof Namespaces> = Socket<
  Namespaces[Path]['client'],
  Namespaces[Path]['server'],
  PeerEvents,
  SocketData
>;

const NO_HANDSHAKE: Readonly<Socket['handshake']> = Object.freeze({
  headers: {},
  time: '',
  address: '',
  xdomain: false,
  secure: false,
  issued: 0,
  url: '',
  query: {},
  auth: {},
});

/** @param middleware runs before a socket is let in, and says with what data. */
export function openNamespace<Path extends keyof Namespaces>(
  io: Server,
  path: Path,
  middleware: (socket: AnySocket, next: (error?: Error) => void) => void,
): NamespaceOf<Path> {
  const namespace = io.of(path).use(middleware);
  // What the handshake said was read by middlewares; its copy would stay with every socket.
  namespace.on('connection', (socket) => void Object.assign(socket, { handshake: NO_HANDSHAKE }));
  // Socket.IO gives a server one type for all of its namespaces.
  return namespace as unknown as NamespaceOf<Path>;
}
