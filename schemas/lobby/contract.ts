/** The socket contract of the lobby: `/lobby`, and its public views. */
import type { ActionsView, ChangesView, ImageView } from '../messages/contract.js';
import type { Person } from '../people/contract.js';
import type { Ack, ErrorView } from '../site/contract.js';

/** Somebody who has a name in the lobby. `online` is false while they are away and the name is reserved for them. */
export interface LobbyUserView extends Person {
  online: boolean;
  lastSeen: string;
}

/**
 * One message of the lobby. In system messages `user.id` is null; `event` and `who` let a page use words of its own.
 */
export interface LobbyMessageView extends ActionsView {
  _id: string;
  seq: number;
  chat?: string;
  gif?: ImageView;
  user: { id: string | null; name: string };
  color?: string;
  event?: 'joined' | 'left' | 'renamed';
  who?: Person;
  clientId?: string;
  createdAt: string;
}

/** `/lobby` join says `success` where other acknowledgements say `ok`; it says both. */
export type LobbyAnswer =
  | ({
      ok: true;
      success: true;
      user: { id: string; name: string };
      seq: number;
      missed: LobbyMessageView[];
      more: boolean;
    } & ChangesView<LobbyMessageView>)
  | { ok: false; success: false; error: ErrorView };

/** `/lobby`: one stream for everybody, and who is there. */
export interface LobbyServerEvents {
  message: (message: LobbyMessageView) => void;
  /** Instead of `message`, for sockets that asked for it with `batch`: one message or more, in order. */
  messages: (messages: LobbyMessageView[]) => void;
  /** A message is not any more what it was: as it is now. */
  messageChanged: (message: LobbyMessageView) => void;
  /** Sent at most twice a second, with the newest state. The list has at most 200 users; the counts are of all. */
  users: (list: LobbyUserView[], counts: { here: number; away: number }) => void;
}

export interface LobbyClientEvents {
  /** `batch` is about messages from now on; without it they go on coming as the handshake asked (HandshakeAuth). */
  join: (
    name: string | { name: string; after?: number; rev?: number; batch?: boolean },
    ack?: (answer: LobbyAnswer) => void,
  ) => void;
  sendMessage: (
    text: string | { chat: string; clientId?: string; replyTo?: string },
    ack?: Ack<{ message: LobbyMessageView }>,
  ) => void;
  leave: (ack?: Ack) => void;
}
