/** The contract of what every namespace has, acknowledgements and errors, and of the namespace `/`. */

/** An error. The code is stable; the message is for people. */
export interface ErrorView {
  code: string;
  message: string;
  /** The name of whoever was faster, if that is the reason. */
  by?: string;
}

export type Failure = { ok: false; error: ErrorView };

export type Ack<T extends object = object> = (answer: ({ ok: true } & T) | Failure) => void;

/** `/`: figures of the whole site. */
export interface PulseServerEvents {
  news: (pulse: { rooms: number; people: number; at: string }) => void;
  /** How many direct messages the visitor has not read, without muted conversations. */
  unread: (count: number) => void;
}

export interface PulseClientEvents {
  reply: (anything: unknown, ack: Ack<{ at: string }>) => void;
}
