/** The namespaces of the site's Socket.IO server: what clients send in each, and what the server sends. */
import type { ConsultClientEvents, ConsultServerEvents } from './consult/contract.js';
import type { DirectClientEvents, DirectServerEvents } from './direct/contract.js';
import type { LobbyClientEvents, LobbyServerEvents } from './lobby/contract.js';
import type { ChatClientEvents, ChatServerEvents, RoomClientEvents, RoomServerEvents } from './rooms/contract.js';
import type { PulseClientEvents, PulseServerEvents } from './site/contract.js';

export interface Namespaces {
  '/': { client: PulseClientEvents; server: PulseServerEvents };
  '/room': { client: RoomClientEvents; server: RoomServerEvents };
  '/chat': { client: ChatClientEvents; server: ChatServerEvents };
  '/lobby': { client: LobbyClientEvents; server: LobbyServerEvents };
  '/direct': { client: DirectClientEvents; server: DirectServerEvents };
  '/consult': { client: ConsultClientEvents; server: ConsultServerEvents };
}
