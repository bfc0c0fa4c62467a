/** What the lobby announces: see ../site/events.ts. */
import type { LobbyMessageView } from '../../schemas/lobby/contract.js';
import type {} from '../site/events.js';

declare module '../site/events.js' {
  interface DomainEvents {
    'lobby.posted': [message: LobbyMessageView];
    'lobby.messageChanged': [message: LobbyMessageView];
    /** Who is in the lobby, or under which name, has changed. */
    'lobby.changed': [];
  }
}
