/**
 * What must not compile. Each `@ts-expect-error` turns red when its next line compiles after all: the names of events,
 * what they carry and what their acknowledgements hold come from the contract.
 */
import { z } from 'zod';
import type { ChatClientEvents, JoinAnswer } from '../../schemas/rooms/contract.js';
import { chatInputs, roomId } from '../../schemas/rooms/payloads.js';
import type { LobbyClientEvents } from '../../schemas/lobby/contract.js';
import type { ClientFrame } from '../../schemas/direct/contract.js';
import type { clientFrame } from '../../schemas/direct/payloads.js';
import { lobbyInputs } from '../../schemas/lobby/payloads.js';
import { inputsOf, nothing } from '../../schemas/site/inputs.js';
import type { GatewayConnection } from '../../controllers/direct/gateway/connection.js';
import type { Delivery } from '../../controllers/direct/gateway/delivery.js';
import type { FrameHandlers } from '../../controllers/direct/gateway/frames.js';
import { handlerFor } from '../../controllers/sockets/handle.js';
import type { NamespaceOf, SocketOf } from '../../controllers/sockets/namespaces.js';
import { broadcastRooms } from '../../controllers/rooms/rooms.broadcast.js';
import type { Site } from '../../controllers/site/site.js';

/** Compiled, never called. */
export function contract(
  site: Site,
  chatSocket: SocketOf<'/chat'>,
  lobbySocket: SocketOf<'/lobby'>,
  joined: JoinAnswer,
): void {
  const handle = handlerFor(chatInputs, site);
  const join = () => Promise.resolve(joined);
  const leave = () => undefined;
  const typing = () => undefined;
  const post = () => Promise.reject(new Error());

  handle(chatSocket, { join, leave, typing, post });

  // @ts-expect-error -- a misspelt event
  handle(chatSocket, { joni: join, leave, typing, post });

  // @ts-expect-error -- an event that nobody handles
  handle(chatSocket, { join, leave, post });

  // @ts-expect-error -- `typing` carries a boolean
  handle(chatSocket, { join, leave, typing: (on: string) => void on, post });

  // @ts-expect-error -- `after` is optional: it may be undefined
  handle(chatSocket, { join: ({ after }: { after: number }) => ({ ...joined, seq: after }), leave, typing, post });

  const incomplete = { room: 'id', seq: 1, people: 1, members: [], more: false };
  // @ts-expect-error -- an answer without `missed`
  handle(chatSocket, { join: () => incomplete, leave, typing, post });

  // @ts-expect-error -- `seq` is a number
  handle(chatSocket, { join: () => Promise.resolve({ ...joined, seq: '1' }), leave, typing, post });

  // @ts-expect-error -- `leave` acknowledges nothing but `ok`
  handle(chatSocket, { join, leave: () => ({ left: true }), typing, post });

  // @ts-expect-error -- the socket of another namespace
  handle(lobbySocket, { join, leave, typing, post });

  const none = { missed: [], more: false, rev: 0, changed: [], moreChanged: false };
  const inLobby = handlerFor(lobbyInputs, site);
  const sendMessage = () => Promise.reject(new Error());

  inLobby(lobbySocket, {
    join: ({ name, after }) => ({ success: true, user: { id: '', name }, seq: after ?? 0, ...none }),
    sendMessage,
    leave,
  });

  inLobby(lobbySocket, {
    // @ts-expect-error -- the lobby's `join` says `success`
    join: ({ name }) => ({ user: { id: '', name }, seq: 0, ...none }),
    sendMessage,
    leave,
  });

  const { post: say } = chatInputs.validators;

  inputsOf<ChatClientEvents>()({
    join: z.union([roomId, z.object({ room: roomId })]),
    leave: nothing,
    typing: z.boolean(),
    post: say,
  });

  // @ts-expect-error -- a misspelt event
  inputsOf<ChatClientEvents>()({ joni: roomId, leave: nothing, typing: z.boolean(), post: say });

  inputsOf<ChatClientEvents>()({
    join: chatInputs.validators.join,
    leave: nothing,
    typing: z.boolean(),
    post: say,
    // @ts-expect-error -- an event that the contract does not know
    knock: nothing,
  });

  // @ts-expect-error -- the contract lets `typing` carry a boolean
  inputsOf<ChatClientEvents>()({ join: chatInputs.validators.join, leave: nothing, typing: z.string(), post: say });

  // @ts-expect-error -- the contract lets `join` carry an object, too
  inputsOf<ChatClientEvents>()({ join: roomId, leave: nothing, typing: z.boolean(), post: say });

  // @ts-expect-error -- not just anything
  inputsOf<ChatClientEvents>()({ join: z.unknown(), leave: nothing, typing: z.boolean(), post: say });

  const { join: name, sendMessage: text, leave: out } = lobbyInputs.validators;

  // @ts-expect-error -- what a refused `join` holds is missing
  inputsOf<LobbyClientEvents>()({ join: name, sendMessage: text, leave: out });
}

/** Compiled, never called. */
export function namespaces(site: Site, list: NamespaceOf<'/room'>, chat: NamespaceOf<'/chat'>): void {
  // @ts-expect-error -- two namespaces in each other's place
  broadcastRooms(chat, list, site);

  // @ts-expect-error -- an event that the server does not send
  list.emit('newRom', 'id');

  // @ts-expect-error -- `removeRoom` carries an id
  list.emit('removeRoom', { id: 'id' });
}

/** Compiled, never called. */
export function frames(
  handlers: FrameHandlers,
  delivery: Delivery,
  given: { contract: ClientFrame; validated: z.input<typeof clientFrame> },
): void {
  const done = () => Promise.resolve();
  const readsText = (_connection: GatewayConnection, { upTo }: { upTo: string }) => Promise.resolve(void upTo);

  void ({ ...handlers, read: (_connection, { upTo }) => Promise.resolve(void upTo.toFixed()) } satisfies FrameHandlers);

  // @ts-expect-error -- a misspelt type
  void ({ ...handlers, red: done } satisfies FrameHandlers);

  // @ts-expect-error -- `upTo` is a number
  void ({ ...handlers, read: readsText } satisfies FrameHandlers);

  // @ts-expect-error -- a frame that the server does not send
  delivery.tell([], { type: 'redy' });

  // What the contract lets a client send, the validator takes; what it takes, the contract knows.
  given.validated = given.contract;
  given.contract = given.validated;
}
