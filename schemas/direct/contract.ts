/** The contract of direct messages: the namespace `/direct`, the gateway's frames, and the public views. */
import type { ActionsView, ImageView } from '../messages/contract.js';
import type { Person } from '../people/contract.js';
import type { Ack } from '../site/contract.js';

/** One direct message. `seq` orders its conversation and has no gaps. */
export interface DirectView extends ActionsView {
  _id: string;
  seq: number;
  senderId: string;
  receiverId: string;
  message?: string;
  gif?: ImageView;
  clientId?: string;
  createdAt: string;
}

/** Somebody to write to. `alias` is their name in the lobby. */
export interface ContactView extends Person {
  alias?: string;
  online: boolean;
  lastSeen: string;
}

/** A conversation as one of its two members sees it. */
export interface ConversationView {
  with: ContactView;
  /** `gif`: it is a picture, and `message` says what it shows, if anything does. */
  last: { senderId: string; message: string; gif?: true; seq: number; createdAt: string } | null;
  unread: number;
  /** The `seq` up to which the reader has read, and up to which the other has. */
  readUpTo: number;
  theirReadUpTo: number;
  muted: boolean;
  /** The reader has blocked the other. */
  blocked: boolean;
  /** The other's visit has ended: nothing more can be sent. */
  ended: boolean;
}

/**
 * `/direct`: connecting puts the visitor online. Messages are sent by POST /api/messages/send/:userId. The handshake may
 * ask for batches (HandshakeAuth).
 */
export interface DirectServerEvents {
  /** Sent at most twice a second, with the newest state. */
  getOnlineUsers: (ids: string[]) => void;
  newMessage: (message: DirectView) => void;
  /** Instead of `newMessage`, for sockets that asked for it with `batch`: one message or more, in order. */
  newMessages: (messages: DirectView[]) => void;
  /** A message is not any more what it was: as it is now. Sent to all tabs of both. */
  messageChanged: (message: DirectView) => void;
  /** `by` has read what `with` wrote, up to `upTo`. Sent to all tabs of both. */
  read: (mark: { by: string; with: string; upTo: number }) => void;
  typing: (state: { from: string; on: boolean }) => void;
  /** Something else about the conversation with this person has changed (muted, blocked): fetch it again. */
  changed: (change: { with: string }) => void;
}

export interface DirectClientEvents {
  read: (mark: { with: string; upTo: number }, ack?: Ack) => void;
  typing: (state: { to: string; on: boolean }, ack?: Ack) => void;
}

/** Frames of the gateway at /ws: docs/gateway.md. */
export type ClientFrame =
  | { type: 'init'; token?: string; userId?: string; after?: number }
  | { type: 'chat'; toUserId: string; message: string; clientId?: string; replyTo?: string; fromUserId?: string }
  | { type: 'read'; with: string; upTo: number }
  | { type: 'typing'; to: string; on: boolean }
  | { type: 'token' };

export type ServerFrame =
  | { type: 'ready'; userId: string; name: string; online: string[]; after: number }
  | {
      type: 'chat';
      fromUserId: string;
      toUserId: string;
      /** Of a picture: what it shows, if anything says so. */
      message: string;
      gif?: ImageView;
      timestamp: string;
      id: string;
      seq: number;
      mail: number;
    }
  | { type: 'sent'; clientId?: string; message: DirectView }
  | { type: 'notification'; message: string; clientId?: string; toUserId: string }
  | { type: 'online'; online: string[] }
  | { type: 'read'; by: string; with: string; upTo: number }
  | { type: 'typing'; from: string; on: boolean }
  | { type: 'token'; token: string; expiresAt: string }
  | { type: 'error'; code: string; message: string; clientId?: string };
