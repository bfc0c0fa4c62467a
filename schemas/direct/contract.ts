/** The contract of direct messages: `/direct`, the frames of the raw gateway, and the public views. */
import type { Person } from '../people/contract.js';
import type { Ack } from '../site/contract.js';

/** One direct message. `seq` orders its conversation and has no gaps. */
export interface DirectView {
  _id: string;
  seq: number;
  senderId: string;
  receiverId: string;
  message: string;
  clientId?: string;
  createdAt: string;
}

/** Somebody to write to. `alias` is the name they go by in the lobby. */
export interface ContactView extends Person {
  alias?: string;
  online: boolean;
  lastSeen: string;
}

/** A conversation as one of its two people sees it. */
export interface ConversationView {
  with: ContactView;
  last: { senderId: string; message: string; seq: number; createdAt: string } | null;
  unread: number;
  /** What the reader, and the other, have read up to. */
  readUpTo: number;
  theirReadUpTo: number;
  muted: boolean;
  /** The reader has blocked the other. */
  blocked: boolean;
  /** The other's visit has ended: nothing more can be sent. */
  ended: boolean;
}

/** `/direct`: connecting puts the visitor online. Messages are sent by POST /api/messages/send/:userId. */
export interface DirectServerEvents {
  /** The newest state, at most twice a second. */
  getOnlineUsers: (ids: string[]) => void;
  newMessage: (message: DirectView) => void;
  /** `by` has read what `with` wrote, up to `upTo`. Both people's tabs hear it. */
  read: (mark: { by: string; with: string; upTo: number }) => void;
  typing: (state: { from: string; on: boolean }) => void;
  /** Something else about the conversation with this person changed (muted, blocked): read it again. */
  changed: (change: { with: string }) => void;
}

export interface DirectClientEvents {
  read: (mark: { with: string; upTo: number }, ack?: Ack) => void;
  typing: (state: { to: string; on: boolean }, ack?: Ack) => void;
}

/** Frames of the raw gateway at /ws: docs/gateway.md. */
export type ClientFrame =
  | { type: 'init'; token?: string; userId?: string; after?: number }
  | { type: 'chat'; toUserId: string; message: string; clientId?: string; fromUserId?: string }
  | { type: 'read'; with: string; upTo: number }
  | { type: 'typing'; to: string; on: boolean }
  | { type: 'token' };

export type ServerFrame =
  | { type: 'ready'; userId: string; name: string; online: string[]; after: number }
  | {
      type: 'chat';
      fromUserId: string;
      toUserId: string;
      message: string;
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
