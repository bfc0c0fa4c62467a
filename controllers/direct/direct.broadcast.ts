/**
 * Facts of the lobby and of direct messages -> emits and frames: the part of broadcast.ts for these two places. Where
 * several nodes share one site, facts about direct messages and about who is where travel between them, and each node
 * tells its own sockets and raw lines: so a list is sent as seldom on ten nodes as on one, and none is older than the
 * one before it.
 */
import type { DomainEvents } from '../../services/site/events.js';
import { coalesce } from '../site/coalesce.js';
import type { DirectNamespace } from './direct.socket.js';
import type { Gateway } from './gateway.ws.js';
import type { LobbyNamespace } from '../lobby/lobby.socket.js';
import { personRoom, UNFILTERED } from '../site/names.js';
import { LIST_MS, type Online } from './online.js';
import type { PulseNamespace } from '../site/pulse.socket.js';
import type { Site } from '../site/site.js';

/** Unread counts of one visitor are told at most this often. */
const UNREAD_MS = 300;

interface Places {
  pulse: PulseNamespace;
  lobby: LobbyNamespace;
  direct: DirectNamespace;
  gateway: Gateway;
  online: Online;
  /** Several nodes: facts travel. */
  shared: boolean;
}

type Travelling =
  'direct.sent' | 'direct.read' | 'direct.changed' | 'direct.typing' | 'presence.changed' | 'lobby.changed';

/** @returns what stops it, and what makes good for facts that did not travel. */
export function broadcastPlaces(places: Places, { services, log }: Site): { stop: () => void; catchUp: () => void } {
  const { pulse, lobby, direct, gateway, online, shared } = places;
  const { events } = services;
  const warn = (error: unknown) => log.warn({ err: error }, 'something changed unheard');

  const users = coalesce(
    LIST_MS,
    async () => {
      const { list, counts } = await services.lobby.users();
      lobby.local.emit('users', list, counts);
    },
    warn,
  );
  events.on('lobby.posted', (message) => lobby.emit('message', message));

  const list = coalesce(
    LIST_MS,
    async () => {
      const ids = await online.all(true);
      direct.local.to(UNFILTERED).emit('getOnlineUsers', ids);
      for (const visitor of online.hidden.keys()) {
        direct.local.to(personRoom(visitor)).emit('getOnlineUsers', online.without(ids, visitor));
      }
      gateway.online(ids);
    },
    warn,
  );

  const owed = new Set<string>();
  const unread = coalesce(
    UNREAD_MS,
    async () => {
      const visitors = [...owed].filter((visitor) => pulse.adapter.rooms.has(personRoom(visitor)));
      owed.clear();
      for (const visitor of visitors) {
        pulse.local.to(personRoom(visitor)).emit('unread', await services.conversations.unread(visitor));
      }
    },
    warn,
  );
  const owe = (visitor: string) => {
    owed.add(visitor);
    unread.changed();
  };

  const tell: { [Name in Travelling]: (...args: DomainEvents[Name]) => void } = {
    'direct.sent': (message, mail) => {
      const { senderId, receiverId } = message;
      direct.local.to([personRoom(senderId), personRoom(receiverId)]).emit('newMessage', message);
      gateway.sent(message, mail);
      owe(receiverId);
    },
    'direct.read': ({ quiet, ...mark }) => {
      const hears = quiet ? [mark.by] : [mark.by, mark.with];
      direct.local.to(hears.map(personRoom)).emit('read', mark);
      gateway.tell(hears, { type: 'read', ...mark });
      owe(mark.by);
    },
    'direct.typing': ({ from, to, on }) => {
      direct.local.volatile.to(personRoom(to)).emit('typing', { from, on });
      gateway.tell([to], { type: 'typing', from, on });
    },
    'direct.changed': (change) => {
      direct.local.to(personRoom(change.by)).emit('changed', { with: change.with });
      owe(change.by);
      if (change.blocked !== undefined) void hide(change).catch(warn);
    },
    'presence.changed': list.changed,
    'lobby.changed': users.changed,
  };

  /** A block or its end: the other finds them gone, or there again, at once. */
  async function hide({ by, with: other }: DomainEvents['direct.changed'][0]): Promise<void> {
    const sockets = direct.local.in(personRoom(other));
    if (await online.look(other)) sockets.socketsLeave(UNFILTERED);
    else sockets.socketsJoin(UNFILTERED);
    direct.local.to(personRoom(other)).emit('changed', { with: by });
    owe(other);
    list.changed();
  }

  for (const name of Object.keys(tell) as Travelling[]) {
    const here = tell[name] as (...args: unknown[]) => void;
    events.on(name, (...args: unknown[]) => {
      here(...args);
      if (shared) (direct as unknown as Peers).serverSideEmit(name, ...args);
    });
    (direct as unknown as Peers).on(name, (...args: unknown[]) => here(...args));
  }

  return {
    stop() {
      for (const each of [users, list, unread]) each.stop();
    },
    catchUp() {
      list.changed();
      users.changed();
      gateway.catchUp();
    },
  };
}

/** The server-side events of a namespace, which carry our facts and have no types of their own. */
interface Peers {
  serverSideEmit(name: string, ...args: unknown[]): void;
  on(name: string, listener: (...args: unknown[]) => void): void;
}
